"""Contacts as pages and acts load them. ``known_to`` as in ``clients.queries``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager
from sqlalchemy.sql import ColumnElement

from backoffice.clients.models import Client, Contact
from backoffice.clients.queries import client_to_act_on, visible_clients
from backoffice.errors import NotFound
from backoffice.links.models import ClientLink
from backoffice.opportunities.models import Opportunity
from backoffice.quotes.models import Quote


@dataclass(frozen=True)
class OpenLink:
    """A link that still answers, with what it was sent for and to."""

    link: ClientLink
    deal: Opportunity
    quote_number: str | None


def contact_shown(session: Session, contact_id: int, known_to: int | None) -> Contact:
    """With its client. Raises NotFound."""
    contact = session.scalar(
        sa.select(Contact)
        .join(Client, Client.id == Contact.client_id)
        .where(Contact.id == contact_id, visible_clients(known_to))
        .options(contains_eager(Contact.client))
    )
    if contact is None:
        raise NotFound(contact=contact_id)
    return contact


def contact_to_act_on(session: Session, contact_id: int, known_to: int | None) -> Contact:
    """With its client locked, so that one at a time comes first and nobody merges meanwhile. Raises NotFound."""
    client_id = session.scalar(sa.select(Contact.client_id).where(Contact.id == contact_id))
    client = client_to_act_on(session, client_id or 0, known_to)
    contact = next((each for each in client.contacts if each.id == contact_id), None)
    if contact is None:  # merged away between the two questions
        raise NotFound(contact=contact_id)
    return contact


def open_links_of(
    session: Session, contact_id: int, visible: ColumnElement[bool], *, at: datetime
) -> Sequence[OpenLink]:
    """Links sent to a contact that still answer, the newest first; ``visible``: of whose deals."""
    rows = session.execute(
        sa.select(ClientLink, Opportunity, Quote.number)
        .join(Quote, Quote.id == ClientLink.quote_id)
        .join(Opportunity, Opportunity.id == Quote.opportunity_id)
        .where(
            ClientLink.contact_id == contact_id,
            ClientLink.revoked_at.is_(None),
            ClientLink.expires_at > at,
            visible,
        )
        .order_by(ClientLink.id.desc())
    )
    return [OpenLink(link, deal, number) for link, deal, number in rows]
