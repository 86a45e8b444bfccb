"""What the working page of a deal tells of its quote."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from backoffice.acceptances.queries import Recorded, recorded_of
from backoffice.answers.told import Told, told_of
from backoffice.links.models import Channel, ClientLink
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.quotes.difference import Difference, difference
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.queries import open_quote_of, paper_of
from backoffice.quotes.words import state_chip
from backoffice.signatures.models import Signature


@dataclass(frozen=True, kw_only=True)
class QuotePanel:
    """``sent``: the version that the client has, or had last; ``chip``: label and tone of its state."""

    quote: Quote
    sent: QuoteVersion | None
    chip: tuple[str, str]
    difference: Difference | None
    link: ClientLink | None
    signature: Signature | None
    accepted: Recorded | None
    order: Order | None
    told: Told | None

    @property
    def sent_until(self) -> date | None:
        return date.fromisoformat(self.sent.read()["valid_until"]) if self.sent is not None else None

    @property
    def is_live(self) -> bool:
        return self.sent is not None and self.sent.is_live

    @property
    def is_agreed(self) -> bool:
        return self.sent is not None and self.sent.is_agreed

    @property
    def is_acceptable(self) -> bool:
        """Whether a yes that came otherwise may still be recorded, if need be after the last day."""
        return self.sent is not None and self.quote.acceptable is self.sent


def panel_of(session: Session, deal: Opportunity, at: datetime, on: date) -> QuotePanel | None:
    """None while the deal has no quote; as many statements whatever there is. ``on``: the seller's day."""
    quote = open_quote_of(session, deal.id)
    if quote is None:
        return None
    sent = next((version for version in quote.versions if version.id == quote.live_version_id), None)
    signature = accepted = order = None
    if sent is not None and sent.is_agreed:
        signature = session.scalar(sa.select(Signature).where(Signature.version_id == sent.id))
        accepted = recorded_of(session, sent.id)
        order = session.scalar(
            sa.select(Order)
            .where(Order.quote_id == quote.id)
            .options(selectinload(Order.lines))
            .order_by(Order.id.desc())
            .limit(1)
        )
    return QuotePanel(
        quote=quote,
        sent=sent,
        chip=state_chip(sent, at),
        difference=difference(sent, paper_of(session, quote, deal, on), on) if sent is not None else None,
        link=latest_link(session, quote.id) if sent is not None else None,
        signature=signature,
        accepted=accepted,
        order=order,
        told=told_of(session, sent) if sent is not None else None,
    )


def latest_link(session: Session, quote_id: int) -> ClientLink | None:
    """The last link made that nobody revoked, one that was sent before one that was held out in person."""
    return session.scalar(
        sa.select(ClientLink)
        .where(ClientLink.quote_id == quote_id, ClientLink.revoked_at.is_(None))
        .order_by(ClientLink.channel == Channel.IN_PERSON, ClientLink.id.desc())
        .limit(1)
    )
