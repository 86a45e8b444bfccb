"""The working page of a deal and the board, computed: templates only print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.invoices.models import Invoice
from backoffice.money import Totals, Vat, rounded, share, step_of, totals_of
from backoffice.opportunities.models import Opportunity, OpportunityLine, Phase
from backoffice.opportunities.phases import BY_HAND, reachable
from backoffice.opportunities.queries import (
    DealSum,
    Visible,
    deal_shown,
    deals_of_board,
    pipelines_in_use,
    quotes_of_deals,
    sums_of_deals,
    vat_rates_in_force,
)
from backoffice.orders.models import Order
from backoffice.orders.queries import INVOICE, InvoiceOfOrder
from backoffice.quotes.panel import QuotePanel, panel_of
from backoffice.quotes.words import state_chip
from backoffice.seller.models import ONLY, Seller
from backoffice.timeline.sentences import Told, told


@dataclass(frozen=True, kw_only=True)
class WorkingPage:
    """``amount``: what was ordered, or else what the lines come to; ``weighted``: that × the phase's probability.

    ``nets``: each priced line's amount without VAT; ``invoice``: the one that bills the order of the signed quote.
    """

    deal: Opportunity
    seller: Seller
    currency: str
    edited_language: str
    panel: QuotePanel | None
    totals: Totals
    nets: Mapping[UUID, Decimal]
    rates: Sequence[Vat]
    phases: Sequence[Phase]
    amount: Decimal
    weighted: Decimal
    entries: Sequence[Told]
    invoice: InvoiceOfOrder | None

    @property
    def lines(self) -> Sequence[OpportunityLine]:
        return self.deal.lines

    @property
    def stored(self) -> Mapping[UUID, OpportunityLine]:
        return {line.uuid: line for line in self.deal.lines}

    @property
    def vats(self) -> Mapping[UUID, Vat]:
        return {line.uuid: line.priced.vat for line in self.deal.lines if not line.is_section}


def working_page(
    session: Session, opportunity_id: int, visible: Visible, *, language: str, at: datetime
) -> WorkingPage:
    """Everything the page of a deal shows, in as many statements whatever is in it. Raises NotFound."""
    deal = deal_shown(session, opportunity_id, visible)
    seller = session.get_one(Seller, ONLY)
    panel = panel_of(session, deal, at, clock.day_of(at, seller.timezone))
    quote = panel.quote if panel else None
    currency = quote.currency if quote else seller.currency
    step = step_of(currency)
    nets = {line.uuid: line.priced.net(step) for line in deal.lines if not line.is_section}
    totals = totals_of(
        ((line.priced.vat, nets[line.uuid]) for line in deal.lines if not line.is_section),
        discount=quote.discount if quote else Decimal(0),
        currency=currency,
    )
    amount = panel.order.net if panel is not None and panel.order is not None else totals.net
    return WorkingPage(
        deal=deal,
        seller=seller,
        currency=currency,
        edited_language=quote.language if quote else deal.client.language,
        panel=panel,
        totals=totals,
        nets=nets,
        rates=vat_rates_in_force(session, seller, clock.day_of(at, seller.timezone)),
        phases=[
            phase
            for phase in deal.phase.pipeline.phases
            if phase in reachable(deal) or phase.id == deal.phase_id
        ],
        amount=amount,
        weighted=share(amount, deal.phase.probability, step),
        entries=told(session, deal.id, language, timezone=seller.timezone, now=at),
        invoice=_invoice_of(session, panel.order.id) if panel and panel.order else None,
    )


def _invoice_of(session: Session, order_id: int) -> InvoiceOfOrder | None:
    newest = sa.select(*INVOICE).where(Invoice.order_id == order_id).order_by(Invoice.id.desc()).limit(1)
    row = session.execute(newest).one_or_none()
    return InvoiceOfOrder(*row) if row is not None else None


@dataclass(frozen=True, kw_only=True)
class Card:
    deal: Opportunity
    owner: str
    net: Decimal | None
    currency: str
    chip: tuple[str, str] | None


@dataclass(frozen=True, kw_only=True)
class Column:
    """A phase with its deals. ``net`` in the seller's currency; deals in another currency are not added up."""

    phase: Phase
    cards: Sequence[Card]
    net: Decimal
    weighted: Decimal


@dataclass(frozen=True, kw_only=True)
class Board:
    columns: Sequence[Column]
    currency: str
    count: int
    net: Decimal
    weighted: Decimal
    pipelines: Sequence[Any]
    pipeline_id: int | None


def board(session: Session, visible: Visible, *, pipeline_id: int | None, at: datetime) -> Board:
    """The deals of one pipeline by phase, from a constant number of statements."""
    seller = session.get_one(Seller, ONLY)
    pipelines = pipelines_in_use(session)
    shown = next((each for each in pipelines if each.id == pipeline_id), pipelines[0] if pipelines else None)
    columns = []
    if shown is not None:
        condition = visible & (Opportunity.pipeline_id == shown.id) & Opportunity.archived_at.is_(None)
        quotes = quotes_of_deals(session, condition)
        sums = sums_of_deals(
            session, condition, {key: quote for key, (quote, _) in quotes.items()}, seller.currency
        )
        sums = {**sums, **_ordered(session, condition)}
        cards: dict[int, list[Card]] = {}
        for deal, owner in deals_of_board(session, visible, shown.id):
            amount = sums.get(deal.id)
            version = quotes[deal.id][1] if deal.id in quotes else None
            cards.setdefault(deal.phase_id, []).append(
                Card(
                    deal=deal,
                    owner=owner,
                    net=amount.net if amount else None,
                    currency=amount.currency if amount else seller.currency,
                    chip=state_chip(version, at) if version is not None else None,
                )
            )
        columns = [
            _column(phase, cards.get(phase.id, []), seller.currency)
            for phase in shown.phases
            if phase.outcome in BY_HAND or phase.id in cards
        ]
    return Board(
        columns=columns,
        currency=seller.currency,
        count=sum(len(column.cards) for column in columns),
        net=sum((column.net for column in columns), Decimal(0)),
        weighted=sum((column.weighted for column in columns), Decimal(0)),
        pipelines=pipelines,
        pipeline_id=shown.id if shown else None,
    )


def _ordered(session: Session, condition: Visible) -> dict[int, DealSum]:
    """What deals were ordered for: their lines may have changed since."""
    rows = session.execute(
        sa.select(Order.opportunity_id, Order.net, Order.currency)
        .join(Opportunity, Opportunity.id == Order.opportunity_id)
        .where(condition)
        .order_by(Order.id)
    )
    return {deal_id: DealSum(net=net, currency=currency) for deal_id, net, currency in rows}


def _column(phase: Phase, cards: Sequence[Card], currency: str) -> Column:
    step = step_of(currency)
    nets = (card.net for card in cards if card.net is not None and card.currency == currency)
    net = rounded(sum(nets, Decimal(0)), step)
    return Column(phase=phase, cards=cards, net=net, weighted=share(net, phase.probability, step))
