"""Making a deal's quote, and editing what it says besides the lines."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from backoffice import clock
from backoffice.errors import IllegalMove, NotFound, StaleRevision
from backoffice.links.models import Channel, ClientLink
from backoffice.opportunities.lines import reworded
from backoffice.opportunities.models import Opportunity, Outcome, Phase
from backoffice.opportunities.queries import Visible, deal_to_act_on
from backoffice.quotes.deposit import Deposit
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.queries import quote_to_act_on
from backoffice.quotes.refusals import AlreadySent
from backoffice.quotes.sending import new_quote
from backoffice.seller.models import ONLY, Seller

A_MOMENT = timedelta(minutes=5)
"""How long the same form posted again is a second click, not a second wish."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What was asked: ``version`` to the person of that ``name`` and ``email``."""

    version: int
    name: str
    email: str
    channel: Channel


@dataclass(frozen=True)
class Read:
    """What a rep had read before sending: the revisions of quote and deal, and the ``version`` to be made."""

    quote: int
    deal: int
    version: int


@dataclass(frozen=True, kw_only=True)
class PaperEdit:
    """What was typed; title and introduction in the language ``shown_in``. ``discount`` in per cent."""

    shown_in: str
    title: str
    introduction: str
    valid_until: date
    payment_days: int
    discount: Decimal
    deposit: Deposit | None
    language: str


def make_quote(session: Session, deal: Opportunity, *, at: datetime) -> Quote:
    """The deal's open quote, made now unless there is one. ``deal`` is locked: two clicks make one quote.

    Raises IllegalMove for a deal that is lost or expired: it is reopened first.
    """
    if session.get_one(Phase, deal.phase_id).outcome in {Outcome.LOST, Outcome.EXPIRED}:
        raise IllegalMove(opportunity=deal.id)
    quote = session.scalar(sa.select(Quote).where(Quote.opportunity_id == deal.id, Quote.closed_at.is_(None)))
    if quote is None:
        seller = session.get_one(Seller, ONLY)
        quote = new_quote(deal, seller, on=clock.day_of(at, seller.timezone), at=at)
        session.add(quote)
        session.flush()  # the quote gets its id, where the reader is sent next
    return quote


def edit_paper(quote: Quote, edit: PaperEdit) -> None:
    """Raises AlreadySigned; nothing that was sent changes, the next version will say it."""
    quote.refuse_if_agreed()
    quote.title = reworded(quote.title, edit.title, edit.shown_in)
    quote.introduction = reworded(quote.introduction, edit.introduction, edit.shown_in)
    quote.valid_until = edit.valid_until
    quote.payment_days = edit.payment_days
    quote.discount = edit.discount
    quote.deposit_kind = edit.deposit.kind if edit.deposit else None
    quote.deposit_percent = edit.deposit.percent if edit.deposit else Decimal(0)
    quote.language = edit.language


def read_as_shown(
    session: Session, quote_id: int, deal_id: int, read: Read, visible: Visible
) -> tuple[Quote, Opportunity]:
    """Quote and deal, locked in that order.

    Raises AlreadySigned, AlreadySent, and StaleRevision when either is not what was read.
    """
    quote = quote_to_act_on(session, quote_id)
    quote.refuse_if_agreed()
    if 0 < read.version < quote.next_number:
        raise AlreadySent(version=read.version)
    if read.version != quote.next_number:
        raise StaleRevision(opened=read.version, stored=quote.next_number)
    quote.opened_as(read.quote)
    deal = deal_to_act_on(session, deal_id, visible)
    deal.opened_as(read.deal)
    return quote, deal


def sent_a_moment_ago(session: Session, quote_id: int, wish: Wish, *, by: int, at: datetime) -> bool:
    """Whether the same member has just sent the same version to the same person: the form came twice."""
    same_version = (QuoteVersion.quote_id == quote_id) & (QuoteVersion.number == wish.version)
    just_now = (QuoteVersion.frozen_by == by) & (QuoteVersion.frozen_at > at - A_MOMENT)
    same_person = (ClientLink.name == wish.name) & (ClientLink.email == wish.email)
    return (
        session.scalar(
            sa.select(QuoteVersion.id)
            .join(ClientLink, ClientLink.quote_id == QuoteVersion.quote_id)
            .where(ClientLink.created_at == QuoteVersion.frozen_at, ClientLink.channel == wish.channel)
            .where(same_version, just_now, same_person)
            .limit(1)
        )
        is not None
    )


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
