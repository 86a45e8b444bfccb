"""Making a deal's quote, and editing what it says besides the lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import flag_modified

from backoffice import clock
from backoffice.db import Bilingual
from backoffice.errors import IllegalMove, NotFound, StaleRevision
from backoffice.links.models import Channel, ClientLink
from backoffice.money import Discount
from backoffice.opportunities.lines import reworded
from backoffice.opportunities.models import Opportunity, Outcome, Phase
from backoffice.opportunities.queries import Visible, deal_to_act_on
from backoffice.quotes.deposit import Deposit
from backoffice.quotes.models import Quote, QuoteInstalment, QuoteVersion
from backoffice.quotes.queries import quote_to_act_on
from backoffice.quotes.refusals import AlreadySent
from backoffice.quotes.schedule import Instalment, refuse_unless_whole
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
    """What was typed; title, introduction and when instalments are due in the language ``shown_in``."""

    shown_in: str
    title: str
    introduction: str
    valid_until: date
    payment_days: int
    discount: Discount
    deposit: Deposit | None
    instalments: Sequence[Instalment]
    language: str
    currency: str


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
    """Raises AlreadySigned, ScheduleNotWhole; nothing that was sent changes, the next version will say it."""
    quote.refuse_if_agreed()
    deposit = edit.deposit.percent if edit.deposit else Decimal(0)
    refuse_unless_whole(deposit, (each.percent for each in edit.instalments))
    quote.title = reworded(quote.title, edit.title, edit.shown_in)
    quote.introduction = reworded(quote.introduction, edit.introduction, edit.shown_in)
    quote.valid_until = edit.valid_until
    quote.payment_days = edit.payment_days
    quote.discount, quote.discount_amount = edit.discount.percent, edit.discount.amount
    quote.currency = edit.currency
    quote.deposit_kind = edit.deposit.kind if edit.deposit else None
    quote.deposit_percent = deposit
    quote.language = edit.language
    _schedule(quote, edit.instalments, edit.shown_in)


def _schedule(quote: Quote, instalments: Sequence[Instalment], language: str) -> None:
    """Rows are rewritten in place: a new one must not meet an old one at its position."""
    rows = quote.instalments
    stored = dict(enumerate(row.when for row in rows))
    texts = [reworded(stored.get(each.row, Bilingual()), each.when, language) for each in instalments]
    del rows[len(instalments) :]
    rows.extend(QuoteInstalment(position=place) for place in range(len(rows), len(instalments)))
    for row, each, when in zip(rows, instalments, texts, strict=True):
        row.percent, row.when = each.percent, when
    flag_modified(quote, "language")  # so that the revision of the quote tells of its instalments too


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
    """With its versions and instalments, for a reader whose right to see it was checked."""
    return session.scalars(
        sa.select(Quote)
        .where(Quote.id == quote_id)
        .options(selectinload(Quote.versions), selectinload(Quote.instalments))
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
