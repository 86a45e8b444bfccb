"""Clients as pages and acts load them. ``known_to``: the id of the rep who asks, None for those who see everybody."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql import ColumnElement

from backoffice.catalogue.search import folded
from backoffice.clients.models import Client, Contact
from backoffice.errors import NotFound
from backoffice.opportunities.models import Opportunity

PAGE = 50
SHOWN = 12


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


def clients_like(session: Session, words: str, known_to: int | None) -> list[tuple[int, str]]:
    """Id and name of clients whose name contains every word, whatever the accents; those that begin so first.

    Compared here, not in the table: SQLite folds no accents, and a firm knows thousands of clients, not millions.
    """
    wanted = folded(words)
    if not wanted:
        return []
    query = sa.select(Client.id, Client.name).where(Client.archived_at.is_(None), visible_clients(known_to))
    rows = session.execute(query)
    found = [(key, name, folded(name)) for key, name in rows]
    matching = [each for each in found if all(word in each[2] for word in wanted.split())]
    matching.sort(key=lambda each: (each[2] != wanted, not each[2].startswith(wanted), each[2]))
    return [(key, name) for key, name, _folded in matching[:SHOWN]]


def client_meant(session: Session, words: str, known_to: int | None) -> int | None:
    """The one client whose name is ``words``, or that alone contains them; None when there is none or a choice."""
    found = clients_like(session, words, known_to)
    exact = [key for key, name in found if folded(name) == folded(words)]
    if len(exact) == 1:
        return exact[0]
    return found[0][0] if len(found) == 1 else None


def deals_of_client(session: Session, client_id: int, visible: ColumnElement[bool]) -> Sequence[Opportunity]:
    """Newest first, with their phases."""
    return session.scalars(
        sa.select(Opportunity)
        .where(Opportunity.client_id == client_id, Opportunity.archived_at.is_(None), visible)
        .options(selectinload(Opportunity.phase))
        .order_by(Opportunity.id.desc())
    ).all()


def is_contact_of(client: Client, contact_id: int) -> bool:
    return any(contact.id == contact_id for contact in contacts_of(client))


def contacts_of(client: Client) -> Sequence[Contact]:
    return [contact for contact in client.contacts if contact.archived_at is None]
