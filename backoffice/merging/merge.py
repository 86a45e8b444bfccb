"""Two clients become one.

One stays, with the values that were picked. The other is archived for good and names the one that stays; its
contacts, deals, discounts and draft invoices move there. Orders and issued invoices are frozen and go on naming
the client that they were made for: a client's papers are found by their deal, and that has moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from backoffice.catalogue.search import folded
from backoffice.clients.events import ClientsMerged
from backoffice.clients.models import Client, Contact
from backoffice.clients.queries import own_clients
from backoffice.clients.refusals import ClientIsMerged, SameClient
from backoffice.errors import NotFound
from backoffice.invoices.models import Invoice, InvoiceState
from backoffice.merging.differences import TRAITS, Side
from backoffice.opportunities.models import Opportunity
from backoffice.pricing.models import DiscountLevel

FOLLOWS = frozenset({"contacts", "opportunities", "discount_levels"})
"""Tables whose rows go over to the client that stays; of invoices, the drafts."""
STAYS = frozenset({"clients", "client_entries", "orders", "invoices"})
"""Tables whose rows go on naming the client that they were written for."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The two clients as they were shown, and what was picked: a side by trait, and of the notes."""

    this_id: int
    this_revision: int
    other_id: int
    other_revision: int
    stays: Side
    picks: Mapping[str, Side]
    notes: Side


def merge_clients(session: Session, opened: Opened, *, known_to: int | None, by: int, at: datetime) -> Client:
    """The client that stays. Both must be one's own.

    Raises SameClient, NotFound, ClientIsMerged, ClientIsArchived (of the one that is to stay), StaleRevision.
    """
    this, other = _both(session, opened, known_to)
    for client in (this, other):
        if client.merged_into_id is not None:
            raise ClientIsMerged(client=client.id, into=client.merged_into_id)
    this.opened_as(opened.this_revision)
    other.opened_as(opened.other_revision)
    keep, gone = (this, other) if opened.stays is Side.THIS else (other, this)
    keep.refuse_if_archived()
    gone_name = gone.name
    _take_over(opened, this, other, keep, by=by, at=at)
    _move_contacts(session, keep, gone, at=at)
    _move_papers(session, keep, gone)
    _move_prices(session, keep, gone)
    gone.merged_into_id, gone.archived_at = keep.id, gone.archived_at or at
    # Those that the other had absorbed: whoever asks finds the survivor in one step.
    session.execute(
        sa.update(Client)
        .where(Client.merged_into_id == gone.id)
        .values(merged_into_id=keep.id, revision=Client.revision + 1)
        .execution_options(synchronize_session=False)
    )
    keep.record(ClientsMerged(client_id=keep.id, gone_id=gone.id, gone_name=gone_name, by=by, at=at))
    return keep


def _both(session: Session, opened: Opened, known_to: int | None) -> tuple[Client, Client]:
    """Locked in the order of their ids: merging each into the other at once, one of two comes first."""
    if opened.this_id == opened.other_id:
        raise SameClient(client=opened.this_id)
    found = {
        client.id: client
        for client in session.scalars(
            sa.select(Client)
            .where(Client.id.in_([opened.this_id, opened.other_id]), own_clients(known_to))
            .options(selectinload(Client.contacts))
            .order_by(Client.id)
            .with_for_update(key_share=True, of=Client)
        )
    }
    for wanted in (opened.this_id, opened.other_id):
        if wanted not in found:
            raise NotFound(client=wanted)
    return found[opened.this_id], found[opened.other_id]


def _take_over(opened: Opened, this: Client, other: Client, keep: Client, *, by: int, at: datetime) -> None:
    sides = {Side.THIS: this, Side.OTHER: other}
    values = {
        name: trait.value(sides[opened.picks.get(name, opened.stays)]) for name, trait in TRAITS.items()
    }
    notes = [client.notes for client in (this, other) if client.notes]
    kept = dict.fromkeys(notes) if opened.notes is Side.BOTH else [sides[opened.notes].notes]
    (owner,) = values.pop("owner")
    for name, picked in values.items():
        for column, value in zip(TRAITS[name].columns, picked, strict=True):
            setattr(keep, column, value)
    keep.notes = "\n\n".join(kept)
    keep.give_to(owner, by=by, at=at)


def _move_contacts(session: Session, keep: Client, gone: Client, *, at: datetime) -> None:
    """All of them; who is there twice is archived once, and deals then name the one who stays."""
    there = {_person(contact): contact for contact in reversed(keep.contacts) if contact.archived_at is None}
    first_is_known = any(contact.is_principal for contact in keep.contacts)
    for contact in gone.contacts:
        contact.client_id = keep.id
        contact.is_principal = contact.is_principal and not first_is_known
        twin = there.get(_person(contact))
        if twin is not None and contact.archived_at is None:
            contact.archived_at, contact.is_principal = at, False
            session.execute(
                sa.update(Opportunity)
                .where(Opportunity.contact_id == contact.id)
                .values(contact_id=twin.id)
                .execution_options(synchronize_session=False)
            )


def _person(contact: Contact) -> tuple[str, str]:
    return folded(contact.name), contact.email.lower()


def _move_papers(session: Session, keep: Client, gone: Client) -> None:
    """Whoever has one of them open meanwhile is told that it changed."""
    session.execute(
        sa.update(Opportunity)
        .where(Opportunity.client_id == gone.id)
        .values(client_id=keep.id, revision=Opportunity.revision + 1)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        sa.update(Invoice)
        .where(Invoice.client_id == gone.id, Invoice.state == InvoiceState.DRAFT)
        .values(client_id=keep.id, revision=Invoice.revision + 1)
        .execution_options(synchronize_session=False)
    )


def _move_prices(session: Session, keep: Client, gone: Client) -> None:
    """The other's own discounts go over; its group and its price list do where the one that stays has none."""
    keep.group_id = keep.group_id or gone.group_id
    keep.price_list_id = keep.price_list_id or gone.price_list_id
    session.execute(
        sa.update(DiscountLevel)
        .where(DiscountLevel.client_id == gone.id)
        .values(client_id=keep.id, revision=DiscountLevel.revision + 1)
        .execution_options(synchronize_session=False)
    )
