"""Finding clients: by what is typed of their name, by anything remembered of them, and those that may be the same."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from backoffice.catalogue.search import LONGEST, folded, looked_for
from backoffice.clients.models import Client, ClientKind, Contact
from backoffice.clients.naming import key_of_name, words_of
from backoffice.clients.queries import visible_clients
from backoffice.paging import Ordering, Page, Place, page_of, walked
from backoffice.staff.models import StaffMember

SHOWN = 12
MOST = 60
"""As many as one could choose among; they are the best, so that who is meant is always one of them."""
MOST_WORDS = 8
BY_NAME = Ordering((Client.name_words, Client.id))


@dataclass(frozen=True)
class FoundClient:
    """A client in a list of choices; ``place``, the city or else the e-mail address, tells two of one name apart."""

    id: int
    name: str
    place: str


class Filed(StrEnum):
    """Which clients a list shows."""

    CURRENT = "current"
    ARCHIVED = "archived"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list of clients is narrowed to; ``kind`` None for all of them."""

    words: str = ""
    kind: ClientKind | None = None
    filed: Filed = Filed.CURRENT

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> "Wanted":
        """From the query of an address; what it does not know narrows nothing."""
        kind, filed = arguments.get("kind", ""), arguments.get("filed", "")
        return cls(
            words=looked_for(arguments.get("q", "")),
            kind=ClientKind(kind) if kind in set(ClientKind) else None,
            filed=Filed(filed) if filed in set(Filed) else Filed.CURRENT,
        )

    def arguments(self) -> dict[str, str]:
        """For the address of another page of the same list."""
        filed = "" if self.filed is Filed.CURRENT else self.filed.value
        given = {"q": self.words, "kind": self.kind.value if self.kind else "", "filed": filed}
        return {name: value for name, value in given.items() if value}

    @property
    def narrows(self) -> bool:
        return bool(self.arguments())


def found_client(session: Session, client_id: int, known_to: int | None) -> FoundClient | None:
    """The client of that id; None for unknown, foreign and archived alike."""
    row = session.execute(
        sa.select(*CHOICE).where(
            Client.id == client_id, Client.archived_at.is_(None), visible_clients(known_to)
        )
    ).one_or_none()
    return None if row is None else _choice(row)


def clients_listed(session: Session, known_to: int | None, wanted: Wanted, place: Place) -> Page:
    """Rows of client and owner's name, by name; each word must be in name, town, SIREN, e-mail or a contact's name."""
    found = (
        sa.select(Client, StaffMember.name)
        .join(StaffMember, StaffMember.id == Client.owner_id)
        .where(walked(Client.merged_into_id).is_(None), visible_clients(known_to), *_conditions(wanted))
    )
    return page_of(session, found, BY_NAME, place)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.kind is not None:
        conditions.append(Client.kind == wanted.kind)
    if wanted.filed is not Filed.ALL:
        archived = Client.archived_at.is_not(None)
        conditions.append(archived if wanted.filed is Filed.ARCHIVED else ~archived)
    for word in folded(wanted.words).split()[:MOST_WORDS]:
        people = sa.select(Contact.client_id).where(
            Contact.search_text.contains(word, autoescape=True), Contact.archived_at.is_(None)
        )
        conditions.append(Client.search_text.contains(word, autoescape=True) | Client.id.in_(people))
    return conditions


def clients_like(
    session: Session, words: str, known_to: int | None, *, most: int = MOST
) -> list[FoundClient]:
    """The ``most`` clients whose name contains every word, whatever the accents, that fit best.

    First those whose name is exactly that, then those whose name begins so, then those of which words do.
    """
    wanted = words_of(words[:LONGEST])
    if not wanted:
        return []
    each = wanted.split()
    begun = sa.and_(*((" " + Client.name_words).contains(f" {word}", autoescape=True) for word in each))
    fits = sa.case(
        (Client.name_words == wanted, 0),
        (Client.name_words.startswith(wanted, autoescape=True), 1),
        (begun, 2),
        else_=3,
    )
    rows = session.execute(
        sa.select(*CHOICE)
        .where(
            Client.archived_at.is_(None),
            visible_clients(known_to),
            *(Client.name_words.contains(word, autoescape=True) for word in each),
        )
        .order_by(fits, Client.name_words, Client.id)
        .limit(most)
    )
    return [_choice(row) for row in rows]


def client_meant(
    found: Sequence[FoundClient], words: str, *, picked: int | None = None
) -> FoundClient | None:
    """The one of ``found`` that ``words`` name, or else whose name alone has words that begin as they do.

    ``picked`` in a list, while a name was typed, decides between clients of exactly that name and no others:
    the name may have been changed since. None when nobody is meant, or several may be.
    """
    wanted = folded(words)
    exact = [each for each in found if folded(each.name) == wanted]
    chosen = [each for each in exact if each.id == picked]
    meant = chosen or exact or [each for each in found if _begun(folded(each.name), wanted)]
    return meant[0] if len(meant) == 1 else None


def _begun(name: str, wanted: str) -> bool:
    """Whether every word that is wanted is the beginning of a word of the name; both are folded."""
    words = re.findall(r"\w+", wanted)
    return bool(words) and all(
        any(each.startswith(word) for each in re.findall(r"\w+", name)) for word in words
    )


class Likeness(StrEnum):
    """Why two clients may be one."""

    SIREN = "siren"
    EMAIL = "email"
    NAME = "name"


@dataclass(frozen=True)
class SimilarClient:
    """``because``: the strongest reason."""

    id: int
    name: str
    place: str
    because: Likeness


def similar_clients(
    session: Session, known_to: int | None, *, siren: str, name: str, email: str, besides: int | None = None
) -> list[SimilarClient]:
    """Clients with the same SIREN, the same e-mail (theirs or a contact's) or the same name, but ``besides``."""
    reasons: list[tuple[ColumnElement[bool], Likeness]] = []
    if siren:
        reasons.append((Client.siren == siren, Likeness.SIREN))
    if email:
        address = email.strip().lower()
        people = sa.select(Contact.client_id).where(
            sa.func.lower(Contact.email) == address, Contact.archived_at.is_(None)
        )
        reasons.append(((sa.func.lower(Client.email) == address) | Client.id.in_(people), Likeness.EMAIL))
    if key := key_of_name(name[:LONGEST]):
        reasons.append((Client.name_key == key, Likeness.NAME))
    if not reasons:
        return []
    order = sa.case(
        *((condition, place) for place, (condition, _why) in enumerate(reasons)), else_=len(reasons)
    )
    rows = session.execute(
        sa.select(*CHOICE, order.label("place"))
        .where(
            sa.or_(*(condition for condition, _why in reasons)),
            Client.id != (besides or 0),
            Client.merged_into_id.is_(None),
            Client.archived_at.is_(None),
            visible_clients(known_to),
        )
        .order_by(order, Client.name_words, Client.id)
        .limit(SHOWN)
    )
    return [
        SimilarClient(row.id, row.name, row.billing.city or row.email, reasons[row.place][1]) for row in rows
    ]


CHOICE: tuple[Any, ...] = (Client.id, Client.name, Client.billing, Client.email)


def _choice(row: Any) -> FoundClient:
    return FoundClient(row.id, row.name, row.billing.city or row.email)
