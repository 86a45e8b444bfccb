"""Making a quote out of a deal, and sending a version of it: where quote, deal, link and number meet."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.catalogue.models import VatCategory
from backoffice.clients.models import Standing
from backoffice.db import Bilingual
from backoffice.links.models import AFTER_CLOSING, Channel, ClientLink, Whereabouts
from backoffice.numbering.models import Series
from backoffice.numbering.taking import take_number
from backoffice.opportunities.models import Opportunity
from backoffice.quotes.canonical import canonical_bytes
from backoffice.quotes.choice import Content, Offered, lines_taken, totals_of_lines
from backoffice.quotes.content import Paper, content_of, internal_of
from backoffice.quotes.events import QuoteSent
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.queries import paper_of
from backoffice.quotes.reading import read_totals
from backoffice.quotes.refusals import (
    ConsumerPaysVat,
    NoRecipient,
    NothingToQuote,
    NoTitle,
    TotalTooHigh,
    ValidityOver,
)
from backoffice.seller.models import ONLY, Seller

LARGEST_TOTAL = Decimal(10) ** 12
"""Far from what a table can hold: what is sent must be possible to sign, order and invoice."""


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Whom a version is sent to. ``contact_id`` is None for a private client who is their own contact."""

    contact_id: int | None
    name: str
    email: str
    language: str


def new_quote(opportunity: Opportunity, seller: Seller, *, on: date, at: datetime) -> Quote:
    """The paper around the deal's lines, with the firm's usual validity and terms."""
    client = opportunity.client
    return Quote(
        opportunity_id=opportunity.id,
        title=Bilingual(opportunity.title, ""),
        language=client.language,
        currency=seller.currency,
        valid_until=on + timedelta(days=seller.quote_days),
        payment_days=client.payment_days if client.payment_days is not None else seller.payment_days,
        created_at=at,
    )


def send_quote(
    session: Session,
    quote: Quote,
    deal: Opportunity,
    *,
    recipient: Recipient,
    channel: Channel,
    by: int,
    at: datetime,
    where: Whereabouts | None = None,
) -> ClientLink:
    """Freeze the working paper as the next version and give the recipient a link to it.

    ``quote`` and its ``deal`` are locked, as by quote_to_act_on and deal_to_act_on. Raises NotReady, named
    by what is missing, and AlreadySigned. The number is taken at the first freezing. ``where``: of what is
    presented in person.
    """
    seller = session.get_one(Seller, ONLY)
    on = clock.day_of(at, seller.timezone)
    paper = paper_of(session, quote, deal, on)
    _refuse_unready(paper, recipient, channel, on)
    if quote.number is None:
        quote.number, _ = take_number(session, Series.QUOTE, lambda: on)
    quote.supersede()
    session.flush()  # the former version must be closed before the next is live: the table allows one
    content = content_of(paper, number=quote.number, version=quote.next_number, on=on)
    _refuse_too_high(content, quote)
    closes_at = clock.end_of(quote.valid_until, seller.timezone)
    version = quote.add_version(
        content=canonical_bytes(content), internal=internal_of(paper.lines), closes_at=closes_at, by=by, at=at
    )
    link = link_to(quote, version, recipient, channel=channel, where=where, at=at)
    session.add(link)
    session.flush()  # version and link get their ids, which the event carries
    quote.live_version_id = version.id
    quote.record(
        QuoteSent(
            quote_id=quote.id,
            version_id=version.id,
            opportunity_id=quote.opportunity_id,
            link_id=link.id,
            by=by,
            mailed=channel is Channel.MAIL,
            at=at,
        )
    )
    return link


def link_to(
    quote: Quote,
    version: QuoteVersion,
    recipient: Recipient,
    *,
    channel: Channel,
    at: datetime,
    where: Whereabouts | None = None,
) -> ClientLink:
    """The recipient's own way to the quote; ``where`` of one in person."""
    return ClientLink(
        quote_id=quote.id,
        contact_id=recipient.contact_id,
        channel=channel,
        name=recipient.name,
        email=recipient.email,
        language=recipient.language,
        created_at=at,
        expires_at=version.closes_at + AFTER_CLOSING,
        venue=where.venue if where is not None else None,
        place=where.place if where is not None else "",
    )


def _refuse_unready(paper: Paper, recipient: Recipient, channel: Channel, on: date) -> None:
    if not any(line.is_item for line in paper.lines):
        raise NothingToQuote(quote=paper.quote.id)
    if not paper.quote.title:
        raise NoTitle(quote=paper.quote.id)
    if paper.quote.valid_until < on:
        raise ValidityOver(valid_until=paper.quote.valid_until)
    reverse_charge = any(
        line.is_item and line.vat_category is VatCategory.REVERSE_CHARGE for line in paper.lines
    )
    if reverse_charge and paper.client.standing is Standing.CONSUMER:
        raise ConsumerPaysVat(quote=paper.quote.id)
    if channel is Channel.MAIL and not recipient.email:
        raise NoRecipient(quote=paper.quote.id)


def _refuse_too_high(content: Content, quote: Quote) -> None:
    """Whatever the client may choose."""
    most = read_totals(totals_of_lines(lines_taken(content, Offered(content).most()), content))
    if any(each.gross > LARGEST_TOTAL for each in (most, *dict(most.recurring).values())):
        raise TotalTooHigh(quote=quote.id)
