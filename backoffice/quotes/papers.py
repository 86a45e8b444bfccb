"""Making a deal's quote, and editing what it says besides the lines."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from backoffice import clock
from backoffice.errors import NotFound
from backoffice.opportunities.lines import reworded
from backoffice.opportunities.models import Opportunity
from backoffice.opportunities.queries import Visible, deal_to_act_on
from backoffice.quotes.models import Quote
from backoffice.quotes.queries import quote_to_act_on
from backoffice.quotes.sending import new_quote
from backoffice.seller.models import ONLY, Seller


@dataclass(frozen=True, kw_only=True)
class PaperEdit:
    """What was typed; title and introduction in the language ``shown_in``. ``discount`` in per cent."""

    shown_in: str
    title: str
    introduction: str
    valid_until: date
    payment_days: int
    discount: Decimal
    language: str


def make_quote(session: Session, deal: Opportunity, *, at: datetime) -> Quote:
    """The deal's open quote, made now unless there is one. ``deal`` is locked: two clicks make one quote."""
    quote = session.scalar(sa.select(Quote).where(Quote.opportunity_id == deal.id, Quote.closed_at.is_(None)))
    if quote is None:
        seller = session.get_one(Seller, ONLY)
        quote = new_quote(deal, seller, on=clock.day_of(at, seller.timezone), at=at)
        session.add(quote)
        session.flush()  # the quote gets its id, where the reader is sent next
    return quote


def edit_paper(quote: Quote, edit: PaperEdit) -> None:
    """Raises AlreadySigned; nothing that was sent changes, the next version will say it."""
    quote.refuse_if_signed()
    quote.title = reworded(quote.title, edit.title, edit.shown_in)
    quote.introduction = reworded(quote.introduction, edit.introduction, edit.shown_in)
    quote.valid_until = edit.valid_until
    quote.payment_days = edit.payment_days
    quote.discount = edit.discount
    quote.language = edit.language


def read_as_shown(
    session: Session, quote_id: int, deal_id: int, revisions: tuple[int, int], visible: Visible
) -> Opportunity:
    """The deal, with quote and deal locked in that order; raises StaleRevision when either is not what was read."""
    quote = quote_to_act_on(session, quote_id)
    quote.opened_as(revisions[0])
    deal = deal_to_act_on(session, deal_id, visible)
    deal.opened_as(revisions[1])
    return deal


def quote_shown(session: Session, quote_id: int) -> Quote:
    """With its versions, for a reader whose right to see it was checked."""
    return session.scalars(
        sa.select(Quote).where(Quote.id == quote_id).options(selectinload(Quote.versions))
    ).one()


def deal_of_quote(session: Session, quote_id: int, visible: Visible) -> int:
    """The id of the quote's deal, if the reader may see it. Raises NotFound for unknown and foreign alike."""
    deal_id = session.scalar(
        sa.select(Quote.opportunity_id)
        .join(Opportunity, Opportunity.id == Quote.opportunity_id)
        .where(Quote.id == quote_id, Opportunity.archived_at.is_(None), visible)
    )
    if deal_id is None:
        raise NotFound(quote=quote_id)
    return deal_id
