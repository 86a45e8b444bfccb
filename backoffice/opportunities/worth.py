"""What many deals come to: what was ordered, or else what the lines come to, or else what somebody estimates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.opportunities.models import Opportunity
from backoffice.opportunities.queries import DealSum, Visible, quotes_of_deals, sums_of_deals
from backoffice.orders.models import Order
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.words import state_chip


@dataclass(frozen=True)
class Worth:
    """By deal; a deal without order, lines and estimate has no sum."""

    sums: Mapping[int, DealSum]
    quotes: Mapping[int, tuple[Quote, QuoteVersion | None]]

    def number(self, deal_id: int) -> str | None:
        """Of its newest quote."""
        return self.quotes[deal_id][0].number if deal_id in self.quotes else None

    def chip(self, deal_id: int, at: datetime) -> tuple[str, str] | None:
        """State of its newest quote, once something was sent."""
        version = self.quotes[deal_id][1] if deal_id in self.quotes else None
        return state_chip(version, at) if version is not None else None


def worth_of(session: Session, condition: Visible, currency: str) -> Worth:
    """From a constant number of statements. ``currency``: the seller's, of estimates and of deals without a quote."""
    quotes = quotes_of_deals(session, condition)
    newest = {key: quote for key, (quote, _version) in quotes.items()}
    return Worth(
        sums={
            **_estimated(session, condition, currency),
            **sums_of_deals(session, condition, newest, currency),
            **_ordered(session, condition),
        },
        quotes=quotes,
    )


def _estimated(session: Session, condition: Visible, currency: str) -> dict[int, DealSum]:
    rows = session.execute(
        sa.select(Opportunity.id, Opportunity.estimate).where(condition, Opportunity.estimate.is_not(None))
    )
    return {key: DealSum(net=amount, currency=currency) for key, amount in rows if amount is not None}


def _ordered(session: Session, condition: Visible) -> dict[int, DealSum]:
    """What deals were ordered for: their lines may have changed since."""
    rows = session.execute(
        sa.select(Order.opportunity_id, Order.net, Order.currency)
        .join(Opportunity, Opportunity.id == Order.opportunity_id)
        .where(condition)
        .order_by(Order.id)
    )
    return {deal_id: DealSum(net=net, currency=currency) for deal_id, net, currency in rows}
