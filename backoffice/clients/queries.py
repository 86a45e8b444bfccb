"""Clients as pages and acts load them. ``known_to``: the id of the rep who asks, None for those who see everybody."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql import ColumnElement

from backoffice.catalogue.search import folded
from backoffice.clients.models import Client, Contact
from backoffice.errors import NotFound
from backoffice.opportunities.models import Opportunity

PAGE = 50
SHOWN = 12


@dataclass(frozen=True)
class FoundClient:
    """A client in a list of choices; ``place``, the city or else the e-mail address, tells two of one name apart."""

    id: int
    name: str
    place: str


def visible_clients(known_to: int | None) -> ColumnElement[bool]:
    """A rep's own clients, and those of the deals that the rep works on."""
    if known_to is None:
        return sa.true()
    dealt_with = sa.select(Opportunity.client_id).where(Opportunity.owner_id == known_to)
    return (Client.owner_id == known_to) | Client.id.in_(dealt_with)


def client_shown(session: Session, client_id: int, known_to: int | None) -> Client:
    """With its contacts. Raises NotFound for unknown and foreign alike."""
    client = session.scalar(
        sa.select(Client)
        .where(Client.id == client_id, Client.archived_at.is_(None), visible_clients(known_to))
        .options(selectinload(Client.contacts))
    )
    if client is None:
        raise NotFound(client=client_id)
    return client


def found_client(session: Session, client_id: int, known_to: int | None) -> FoundClient | None:
    """The client of that id; None for unknown and foreign alike."""
    row = session.execute(
        sa.select(Client.id, Client.name, Client.billing, Client.email).where(
            Client.id == client_id, Client.archived_at.is_(None), visible_clients(known_to)
        )
    ).one_or_none()
    return None if row is None else FoundClient(row.id, row.name, row.billing.city or row.email)


def clients_listed(session: Session, known_to: int | None, *, page: int) -> tuple[Sequence[Client], int]:
    """One page by name (the last for any beyond it), and the number of the last page."""
    condition = Client.archived_at.is_(None) & visible_clients(known_to)
    count = session.scalar(sa.select(sa.func.count(Client.id)).where(condition)) or 0
    last = max(1, -(-count // PAGE))
    query = (
        sa.select(Client)
        .where(condition)
        .order_by(Client.name, Client.id)
        .limit(PAGE)
        .offset((min(page, last) - 1) * PAGE)
    )
    return session.scalars(query).all(), last


def clients_like(session: Session, words: str, known_to: int | None) -> list[FoundClient]:
    """All clients whose name contains every word, whatever the accents.

    First those whose name is exactly that, then those whose name begins so, then those of which words do.
    Compared here, not in the table: SQLite folds no accents, and a firm knows thousands of clients, not millions.
    """
    wanted = folded(words)
    if not wanted:
        return []
    rows = session.execute(
        sa.select(Client.id, Client.name, Client.billing, Client.email)
        .where(Client.archived_at.is_(None), visible_clients(known_to))
        .order_by(Client.id)
    )
    named = [
        (folded(name), FoundClient(key, name, billing.city or email)) for key, name, billing, email in rows
    ]
    found = [(name, each) for name, each in named if all(word in name for word in wanted.split())]
    found.sort(
        key=lambda it: (it[0] != wanted, not it[0].startswith(wanted), not _begun(it[0], wanted), it[0])
    )
    return [each for _name, each in found]


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
    words = _words(wanted)
    return bool(words) and all(any(each.startswith(word) for each in _words(name)) for word in words)


def _words(plain: str) -> list[str]:
    return re.findall(r"\w+", plain)


def deals_of_client(session: Session, client_id: int, visible: ColumnElement[bool]) -> Sequence[Opportunity]:
    """Newest first, with their phases."""
    return session.scalars(
        sa.select(Opportunity)
        .where(Opportunity.client_id == client_id, Opportunity.archived_at.is_(None), visible)
        .options(selectinload(Opportunity.phase))
        .order_by(Opportunity.id.desc())
    ).all()


def contacts_of(client: Client) -> Sequence[Contact]:
    return [contact for contact in client.contacts if contact.archived_at is None]
