"""What acts and pages load of quotes; each states its eager loads."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from backoffice.errors import NotFound
from backoffice.legal.models import Place
from backoffice.legal.texts import texts_in_force
from backoffice.opportunities.models import Opportunity
from backoffice.quotes.content import Paper
from backoffice.quotes.models import Quote
from backoffice.seller.models import ONLY, Seller
from backoffice.staff.models import StaffMember
from backoffice.vat.queries import own_exemptions


def quote_to_act_on(session: Session, quote_id: int) -> Quote:
    """The quote locked, with its versions and instalments. A joined load would fail under FOR UPDATE on PostgreSQL."""
    quote = session.scalar(
        sa.select(Quote)
        .where(Quote.id == quote_id)
        .options(selectinload(Quote.versions), selectinload(Quote.instalments))
        .with_for_update(of=Quote)
    )
    if quote is None:
        raise NotFound(quote=quote_id)
    return quote


def open_quote_of(session: Session, opportunity_id: int) -> Quote | None:
    """The one quote of a deal that is not closed, else the latest closed one; with its versions and instalments."""
    return session.scalar(
        sa.select(Quote)
        .where(Quote.opportunity_id == opportunity_id)
        .options(selectinload(Quote.versions), selectinload(Quote.instalments))
        .order_by(Quote.closed_at.is_(None).desc(), Quote.id.desc())
        .limit(1)
    )


def paper_of(session: Session, quote: Quote, deal: Opportunity, on: date) -> Paper:
    """Everything that content_of needs; ``deal`` comes with client, contact and lines."""
    seller = session.get_one(Seller, ONLY)
    vats = {line.priced.vat for line in deal.lines if line.is_item}
    return Paper(
        quote=quote,
        opportunity=deal,
        client=deal.client,
        contact=deal.contact,
        owner=session.get_one(StaffMember, deal.owner_id),
        seller=seller,
        legal_texts=texts_in_force(session, Place.QUOTE, on),
        exemptions=own_exemptions(session, seller, vats, on),
    )
