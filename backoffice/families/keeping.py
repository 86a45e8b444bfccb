"""The families of the catalogue: two levels at most, each name once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session, joinedload

from backoffice.catalogue.models import Product
from backoffice.catalogue.search import folded
from backoffice.db import Bilingual
from backoffice.errors import NotFound, Refusal
from backoffice.families.models import ProductFamily
from backoffice.seller.models import ONLY, Seller


class FamilyNameTaken(Refusal):
    """``name`` is another family's, in either language, archived ones included."""

    def sentence(self) -> str:
        return gettext("There is a family “%(name)s” already. Choose another name.", name=self.facts["name"])


class FamilyTooDeep(Refusal):
    """A family within a family within a family, or within itself."""

    def sentence(self) -> str:
        return gettext(
            "Families have two levels at most. Choose a family that is in no other, for one that holds no other."
        )


@dataclass(frozen=True, kw_only=True)
class ListedFamily:
    """``products``: how many that are not archived are in this very family."""

    family: ProductFamily
    products: int


def families_listed(session: Session) -> list[ListedFamily]:
    """Each parent by name with its children below it by name; archived ones too."""
    counted = sa.select(Product.family_id, sa.func.count()).where(Product.archived_at.is_(None))
    counts = {key: count for key, count in session.execute(counted.group_by(Product.family_id))}  # noqa: C416 - rows
    return [ListedFamily(family=each, products=counts.get(each.id, 0)) for each in all_families(session)]


def all_families(session: Session) -> Sequence[ProductFamily]:
    """With their parents; each parent before its children, by their French or only names."""
    found = session.scalars(sa.select(ProductFamily).options(joinedload(ProductFamily.parent))).all()
    return sorted(
        found, key=lambda each: (*_place(each.parent or each), each.parent is not None, *_place(each))
    )


def _place(family: ProductFamily) -> tuple[str, int]:
    return folded(str(family.name)), family.id


def families_offered(session: Session, *, besides: int | None = None) -> list[ProductFamily]:
    """Those that a product may be put into, and the one that it is in though archived."""
    return [each for each in all_families(session) if each.archived_at is None or each.id == besides]


def parents_offered(session: Session, family: ProductFamily | None = None) -> list[ProductFamily]:
    """Families that this one (None: a new one) may be within, and the one that it is within though archived."""
    every = all_families(session)
    if family is not None and any(each.parent_id == family.id for each in every):
        return []
    own = family.parent_id if family is not None else None
    return [
        each
        for each in every
        if each.parent_id is None
        and (family is None or each.id != family.id)
        and (each.archived_at is None or each.id == own)
    ]


def family_shown(session: Session, family_id: int) -> ProductFamily:
    """With its parent. Raises NotFound."""
    query = sa.select(ProductFamily).where(ProductFamily.id == family_id)
    family = session.scalar(query.options(joinedload(ProductFamily.parent)))
    if family is None:
        raise NotFound(family=family_id)
    return family


def locked_families(session: Session) -> dict[int, ProductFamily]:
    """All of them, locked by their ids: whether a name is free and a level is right is said of all at once.

    The seller's row keeps out who would add another one meanwhile.
    """
    session.get(Seller, ONLY, with_for_update=True)
    found = session.scalars(sa.select(ProductFamily).order_by(ProductFamily.id).with_for_update())
    return {each.id: each for each in found}


def family_among(families: Mapping[int, ProductFamily], family_id: int) -> ProductFamily:
    """Raises NotFound."""
    if family_id not in families:
        raise NotFound(family=family_id)
    return families[family_id]


def describe_family(
    families: Mapping[int, ProductFamily], family: ProductFamily, name: Bilingual, parent_id: int | None
) -> None:
    """Name and place of a family, known or new. Raises FamilyNameTaken, FamilyTooDeep, NotFound."""
    others = [each for each in families.values() if each is not family]
    taken = {folded(word) for each in others for word in (each.name.fr, each.name.en)} - {""}
    for word in (name.fr, name.en):
        if folded(word) in taken:
            raise FamilyNameTaken(name=word)
    if parent_id is not None:
        parent = family_among(families, parent_id)
        holds_others = any(each.parent_id is not None and each.parent_id == family.id for each in others)
        if parent is family or parent.parent_id is not None or holds_others:
            raise FamilyTooDeep(family=family.id, parent=parent_id)
    family.name, family.parent_id = name, parent_id
