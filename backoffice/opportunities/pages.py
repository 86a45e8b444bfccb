"""The working page of a deal, computed: templates only print."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.ledger.removed import removed_lines
from backoffice.ledger.sums import Sums
from backoffice.money import NO_DISCOUNT, Totals, Vat, share, step_of
from backoffice.opportunities.around import Around, around
from backoffice.opportunities.models import Opportunity, OpportunityLine, Phase
from backoffice.opportunities.phases import reachable
from backoffice.opportunities.queries import (
    Visible,
    deal_shown,
    vat_rates_in_force,
)
from backoffice.orders.chain import Chain, chain_of
from backoffice.quotes.panel import QuotePanel, panel_of
from backoffice.seller.models import ONLY, Seller
from backoffice.timeline.sentences import History, Told, told


class AmountFrom(enum.StrEnum):
    ORDER = "order"
    LINES = "lines"
    ESTIMATE = "estimate"


@dataclass(frozen=True, kw_only=True)
class WorkingPage:
    """``amount``: what was ordered, or else what the lines come to, or else the estimate; ``weighted``: × its chance.

    ``nets``: each priced line's amount without VAT, taken or not; ``chain``: what became of the order.
    """

    deal: Opportunity
    seller: Seller
    currency: str
    edited_language: str
    panel: QuotePanel | None
    sums: Sums
    removed: Sequence[OpportunityLine]
    rates: Sequence[Vat]
    phases: Sequence[Phase]
    amount: Decimal
    amount_from: AmountFrom
    weighted: Decimal
    around: Around
    history: History
    entries: Sequence[Told]
    chain: Chain | None

    @property
    def totals(self) -> Totals:
        """Of what is paid once."""
        return self.sums.once

    @property
    def floor(self) -> Decimal | None:
        """The margin below which a quote warns, in per cent."""
        return self.seller.margin_floor

    @property
    def nets(self) -> Mapping[UUID, Decimal]:
        return self.sums.nets

    @property
    def lines(self) -> Sequence[OpportunityLine]:
        return self.deal.lines

    @cached_property
    def stored(self) -> Mapping[UUID, OpportunityLine]:
        return {line.uuid: line for line in self.deal.lines}

    @cached_property
    def vats(self) -> Mapping[UUID, Vat]:
        return {line.uuid: line.priced.vat for line in self.deal.lines if line.is_item}


def working_page(
    session: Session,
    opportunity_id: int,
    visible: Visible,
    *,
    language: str,
    at: datetime,
    history: History = History.ALL,
) -> WorkingPage:
    """Everything the page of a deal shows, in as many statements whatever is in it. Raises NotFound."""
    deal = deal_shown(session, opportunity_id, visible)
    seller = session.get_one(Seller, ONLY)
    on = clock.day_of(at, seller.timezone)
    panel = panel_of(session, deal, at, on)
    quote = panel.quote if panel else None
    currency = quote.currency if quote else seller.currency
    step = step_of(currency)
    sums = Sums.of(deal.lines, quote.reduction if quote else NO_DISCOUNT, currency)
    amount, amount_from = _amount(deal, panel, sums.once)
    return WorkingPage(
        deal=deal,
        seller=seller,
        currency=currency,
        edited_language=quote.language if quote else deal.client.language,
        panel=panel,
        sums=sums,
        removed=removed_lines(session, deal.id),
        rates=vat_rates_in_force(session, seller, on),
        phases=[
            phase
            for phase in deal.phase.pipeline.phases
            if phase in reachable(deal) or phase.id == deal.phase_id
        ],
        amount=amount,
        amount_from=amount_from,
        weighted=share(amount, deal.chance, step),
        around=around(session, deal, at=at, on=on, zone=seller.timezone),
        history=history,
        entries=told(session, deal.id, language, timezone=seller.timezone, now=at, only=history),
        chain=chain_of(session, panel.order, on) if panel and panel.order else None,
    )


def _amount(deal: Opportunity, panel: QuotePanel | None, totals: Totals) -> tuple[Decimal, AmountFrom]:
    if panel is not None and panel.order is not None:
        return panel.order.net, AmountFrom.ORDER
    if any(line.is_item for line in deal.lines):
        return totals.net, AmountFrom.LINES
    return deal.estimate or Decimal(0), AmountFrom.ESTIMATE
