"""Families as a table names them: by their own name, or with the one around them, ``Parquets > Chêne``."""

from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.catalogue.search import folded
from backoffice.db import Bilingual
from backoffice.errors import Refusal
from backoffice.families.keeping import FamilyTooDeep, describe_family, locked_families
from backoffice.families.models import BETWEEN, LONGEST_NAME, ProductFamily
from backoffice.typed import line_of

NOT_YET = 0
"""In the place of an id: a family that the import itself would make."""
MOST_LEVELS = 2


class FamilyUnknown(Refusal):
    """``name``: what no family is called."""

    def sentence(self) -> str:
        return gettext(
            "There is no family “%(name)s”. Correct it, or tick “Make families that do not exist yet”.",
            name=self.facts["name"],
        )


class FamilyElsewhere(Refusal):
    """``name`` is not within ``parent``."""

    def sentence(self) -> str:
        return gettext(
            "The family “%(name)s” is not within “%(parent)s”. Write its own name alone, or correct it.",
            name=self.facts["name"],
            parent=self.facts["parent"],
        )


class FamiliesByName:
    """All families, locked. ``makes_missing``: unknown ones are made, or would be when nothing is to be written."""

    def __init__(self, session: Session, *, makes_missing: bool, write: bool) -> None:
        self._session, self._makes_missing, self._write = session, makes_missing, write
        self._families: dict[int, ProductFamily] = {}
        self._by_name: dict[str, ProductFamily] = {}
        for family in locked_families(session).values():
            self._remember(family)

    def meant(self, text: str) -> int | None:
        """The id of the family, None for an empty text, NOT_YET for one that would be made.

        Raises FamilyUnknown, FamilyElsewhere, FamilyTooDeep and what ``line_of`` raises.
        """
        typed = (line_of(each, most=LONGEST_NAME) for each in text.split(BETWEEN.strip()))
        names = [each for each in typed if each]
        if len(names) > MOST_LEVELS:
            raise FamilyTooDeep(names=names)
        if not names:
            return None
        name, around = names[-1], names[0] if len(names) == MOST_LEVELS else ""
        found = self._called(name)
        if found is None:
            return self._made(name, around)
        if around and (
            found.parent_id is None or self._families[found.parent_id] is not self._called(around)
        ):
            raise FamilyElsewhere(name=name, parent=around)
        return found.id

    def _called(self, name: str) -> ProductFamily | None:
        return self._by_name.get(folded(name))

    def _remember(self, family: ProductFamily) -> None:
        self._families[family.id] = family
        names = (family.name.fr, family.name.en)
        self._by_name |= {folded(each): family for each in names if each}

    def _made(self, name: str, around: str) -> int:
        if not self._makes_missing:
            raise FamilyUnknown(name=name)
        parent = (self._called(around) or self._new(around, None)) if around else None
        if parent is not None and parent.parent_id is not None:
            raise FamilyTooDeep(names=[around, name])
        return self._new(name, parent).id

    def _new(self, name: str, parent: ProductFamily | None) -> ProductFamily:
        family = ProductFamily(id=None if self._write else NOT_YET)
        if self._write:
            describe_family(self._families, family, Bilingual(name, ""), parent.id if parent else None)
            self._session.add(family)
            self._session.flush()  # products name it by its id
            self._remember(family)
        return family
