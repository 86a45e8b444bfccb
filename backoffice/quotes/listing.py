"""The list of quotes: the newest first, those of one state and with some words if that is asked."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from backoffice import clock
from backoffice.catalogue.search import MOST_WORDS, folded
from backoffice.clients.models import Client
from backoffice.db import unscaled
from backoffice.numbering.reading import begins, is_number, numbered
from backoffice.opportunities.models import Opportunity
from backoffice.opportunities.queries import DealSum, Visible, sums_of_deals
from backoffice.paging import Ordering, Page, Place, page_of
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import LIVE, VersionState
from backoffice.quotes.words import state_chip
from backoffice.seller.models import Seller

NEWEST = Ordering((Quote.id,), descending=True)
Listed = tuple[Quote, QuoteVersion | None, Opportunity, str]


@dataclass(frozen=True, kw_only=True)
class ListedQuote:
    """``net`` without VAT: of the version that the client has, or of the lines while nothing was sent."""

    quote: Quote
    deal: Opportunity
    client: str
    chip: tuple[str, str]
    net: Decimal | None
    sent_on: date | None
    expires_on: date


class Standing(enum.StrEnum):
    """How a quote stands, as one looks for it."""

    DRAFT = "draft"
    WAITING = "waiting"
    ASKED = "asked"
    SIGNED = "signed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


def listed_quotes(
    session: Session,
    visible: Visible,
    *,
    standing: Standing | None = None,
    words: str = "",
    place: Place,
    seller: Seller,
    at: datetime,
) -> Page:
    """One page of ListedQuote, from two statements."""
    found = (
        sa.select(Quote, QuoteVersion, Opportunity, Client.name)
        .join(Opportunity, Opportunity.id == Quote.opportunity_id)
        .join(Client, Client.id == Opportunity.client_id)
        .outerjoin(QuoteVersion, QuoteVersion.id == Quote.live_version_id)
        .where(Opportunity.archived_at.is_(None), visible, _stands(standing, at), _says(session, words))
    )
    page = page_of(session, found, NEWEST, place)
    rows: Sequence[Listed] = [(quote, version, deal, client) for quote, version, deal, client in page.rows]
    drafts = {quote.opportunity_id: quote for quote, version, _, _ in rows if version is None}
    sums = sums_of_deals(session, Opportunity.id.in_(drafts), drafts, seller.currency) if drafts else {}
    return replace(page, rows=[_listed(row, sums, seller, at) for row in rows])


def _listed(row: Listed, sums: Mapping[int, DealSum], seller: Seller, at: datetime) -> ListedQuote:
    quote, version, deal, client = row
    if version is None:
        net = sums[deal.id].net if deal.id in sums else None
        sent_on, expires_on = None, quote.valid_until
    else:
        facts = version.read()
        net = unscaled(facts["totals"]["net"], 2)
        sent_on = clock.day_of(version.frozen_at, seller.timezone)
        expires_on = date.fromisoformat(facts["valid_until"])
    return ListedQuote(
        quote=quote,
        deal=deal,
        client=client,
        chip=state_chip(version, at),
        net=net,
        sent_on=sent_on,
        expires_on=expires_on,
    )


def _stands(standing: Standing | None, at: datetime) -> ColumnElement[bool]:
    """As ``state_chip`` tells it: past its last day a quote is expired, before any sweep says so."""
    over = QuoteVersion.closes_at <= at
    state = QuoteVersion.state
    match standing:
        case None:
            return sa.true()
        case Standing.DRAFT:
            return Quote.live_version_id.is_(None)
        case Standing.WAITING:
            return sa.and_(state == VersionState.SENT, sa.not_(over))
        case Standing.ASKED:
            return sa.and_(state == VersionState.CHANGES_REQUESTED, sa.not_(over))
        case Standing.EXPIRED:
            return sa.or_(state == VersionState.EXPIRED, sa.and_(state.in_(LIVE), over))
        case _:
            return state == VersionState(standing.value)


def _says(session: Session, words: str) -> ColumnElement[bool]:
    """The number begins so, or each word is in the deal's title or what is known of the client."""
    each_word = [
        Opportunity.search_text.contains(word, autoescape=True)
        | Opportunity.client_id.in_(
            sa.select(Client.id).where(Client.search_text.contains(word, autoescape=True))
        )
        for word in folded(words).split()[:MOST_WORDS]
    ]
    said = sa.and_(sa.true(), *each_word)
    number = numbered(words)
    return said | begins(session, Quote.number, number) if is_number(number) else said
