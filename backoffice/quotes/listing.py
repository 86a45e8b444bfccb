"""The list of quotes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.clients.models import Client
from backoffice.db import unscaled
from backoffice.opportunities.models import Opportunity
from backoffice.opportunities.queries import Visible, sums_of_deals
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.words import state_chip
from backoffice.seller.models import Seller

PAGE = 50
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


def listed_quotes(
    session: Session, visible: Visible, *, page: int, seller: Seller, at: datetime
) -> Sequence[ListedQuote]:
    """One page, the newest first, from two statements."""
    rows = session.execute(
        sa.select(Quote, QuoteVersion, Opportunity, Client.name)
        .join(Opportunity, Opportunity.id == Quote.opportunity_id)
        .join(Client, Client.id == Opportunity.client_id)
        .outerjoin(QuoteVersion, QuoteVersion.id == Quote.live_version_id)
        .where(Opportunity.archived_at.is_(None), visible)
        .order_by(Quote.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    found: Sequence[Listed] = [(quote, version, deal, client) for quote, version, deal, client in rows]
    drafts = {quote.opportunity_id: quote for quote, version, _, _ in found if version is None}
    sums = sums_of_deals(session, Opportunity.id.in_(drafts), drafts, seller.currency) if drafts else {}
    return [
        ListedQuote(
            quote=quote,
            deal=deal,
            client=client,
            chip=state_chip(version, at),
            net=_net(version) if version is not None else (sums[deal.id].net if deal.id in sums else None),
            sent_on=clock.day_of(version.frozen_at, seller.timezone) if version is not None else None,
            expires_on=date.fromisoformat(version.read()["valid_until"])
            if version is not None
            else quote.valid_until,
        )
        for quote, version, deal, client in found
    ]


def last_page(session: Session, visible: Visible) -> int:
    query = sa.select(sa.func.count(Quote.id)).join(Opportunity, Opportunity.id == Quote.opportunity_id)
    count = session.scalar(query.where(Opportunity.archived_at.is_(None), visible)) or 0
    return max(1, -(-count // PAGE))


def _net(version: QuoteVersion) -> Decimal:
    return unscaled(version.read()["totals"]["net"], 2)
