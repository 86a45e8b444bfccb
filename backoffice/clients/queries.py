"""Clients as pages and acts load them. ``known_to``: the id of the rep who asks, None for those who see everybody.

A client merged into another is found by nobody: ``survivor_of`` tells which one stands for it.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql import ColumnElement

from backoffice.clients.models import Client, Contact
from backoffice.errors import NotFound
from backoffice.opportunities.models import Opportunity, Outcome, Phase
from backoffice.paging import walked
from backoffice.staff.models import Role, StaffMember


def visible_clients(known_to: int | None) -> ColumnElement[bool]:
    """A rep's own clients, and those of the deals that the rep works on."""
    if known_to is None:
        return sa.true()
    deals = sa.exists().where(Opportunity.client_id == Client.id, walked(Opportunity.owner_id) == known_to)
    return (walked(Client.owner_id) == known_to) | deals.correlate(Client)


def own_clients(known_to: int | None) -> ColumnElement[bool]:
    """Those that somebody may archive, merge and give away."""
    return sa.true() if known_to is None else Client.owner_id == known_to


def is_own(client: Client, known_to: int | None) -> bool:
    return known_to is None or client.owner_id == known_to


def client_shown(session: Session, client_id: int, known_to: int | None) -> Client:
    """With its contacts, archived or not. Raises NotFound for unknown, foreign and merged alike."""
    return _found(session, client_id, visible_clients(known_to))


def client_to_act_on(session: Session, client_id: int, known_to: int | None) -> Client:
    """The same, locked so that nobody else changes it; what only refers to it need not wait."""
    return _found(session, client_id, visible_clients(known_to), lock=True)


def own_client_to_act_on(session: Session, client_id: int, known_to: int | None) -> Client:
    """The same, of one's own clients."""
    return _found(session, client_id, own_clients(known_to), lock=True)


def _found(session: Session, client_id: int, whose: ColumnElement[bool], *, lock: bool = False) -> Client:
    query = (
        sa.select(Client)
        .where(Client.id == client_id, Client.merged_into_id.is_(None), whose)
        .options(selectinload(Client.contacts))
    )
    # Not FOR UPDATE: a signature's order refers to the client, and must never wait for an edit.
    client = session.scalar(query.with_for_update(key_share=True, of=Client) if lock else query)
    if client is None:
        raise NotFound(client=client_id)
    return client


def client_to_deal_with(session: Session, client_id: int, known_to: int | None) -> Client:
    """With its contacts, for a new deal: nobody archives or merges it until the unit ends.

    Raises NotFound, ClientIsArchived, ClientIsMerged.
    """
    client = session.scalar(
        sa.select(Client)
        .where(Client.id == client_id, visible_clients(known_to))
        .options(selectinload(Client.contacts))
        .with_for_update(read=True, of=Client)
    )
    if client is None:
        raise NotFound(client=client_id)
    client.refuse_if_archived()
    return client


def survivor_of(session: Session, client_id: int) -> int:
    """The client that stands for this one: itself, unless it was merged."""
    into = session.scalar(sa.select(Client.merged_into_id).where(Client.id == client_id))
    return into if into is not None else client_id


def client_standing_for(session: Session, client_id: int) -> Client:
    """Whom a paper of this client is made out to, when it is made now."""
    return session.get_one(Client, survivor_of(session, client_id))


def family_of(session: Session, client_id: int) -> Sequence[int]:
    """The client and those merged into it."""
    merged = session.scalars(
        sa.select(Client.id).where(Client.merged_into_id == client_id).order_by(Client.id)
    )
    return [client_id, *merged]


def deals_under_way(
    session: Session, client_id: int, visible: ColumnElement[bool]
) -> tuple[Sequence[Opportunity], int]:
    """Those that one sees, newest first with their phases, and how many colleagues have besides."""
    condition = (
        (Opportunity.client_id == client_id)
        & Opportunity.archived_at.is_(None)
        & Opportunity.phase_id.in_(sa.select(Phase.id).where(Phase.outcome == Outcome.OPEN))
    )
    count = session.scalar(sa.select(sa.func.count(Opportunity.id)).where(condition)) or 0
    seen = session.scalars(
        sa.select(Opportunity)
        .where(condition, visible)
        .options(selectinload(Opportunity.phase))
        .order_by(Opportunity.id.desc())
    ).all()
    return seen, count - len(seen)


def owners(session: Session, besides: int | None = None) -> list[tuple[int, str]]:
    """Id and name of everybody who may look after clients; ``besides``: who does now, whoever that is."""
    sells = StaffMember.role.in_([Role.REP, Role.MANAGER, Role.ADMIN])
    there = StaffMember.active & StaffMember.archived_at.is_(None) & sells
    rows = session.execute(
        sa.select(StaffMember.id, StaffMember.name)
        .where(there | (StaffMember.id == besides))
        .order_by(StaffMember.name, StaffMember.id)
    )
    return [(key, name) for key, name in rows]


def contacts_of(client: Client, *, besides: int | None = None) -> Sequence[Contact]:
    """Those who are still there, and ``besides``; the principal one first."""
    return [each for each in client.contacts if each.archived_at is None or each.id == besides]
