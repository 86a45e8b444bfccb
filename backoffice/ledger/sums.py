"""What the working paper comes to: every line, every section, the whole, and the least and most that may be chosen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.catalogue.models import VatCategory
from backoffice.money import (
    HUNDRED,
    ZERO,
    Discount,
    PricedLine,
    Recurrence,
    Totals,
    Vat,
    step_of,
    totals_by_recurrence,
)
from backoffice.opportunities.models import LineKind, OpportunityLine
from backoffice.pricing.margin import CostedLine, Margin, QuoteMargin, margin_of
from backoffice.quotes.offers import (
    Offer,
    Offering,
    OfferKind,
    Weight,
    offers_of,
    taken_at_least,
    taken_at_most,
    weight,
)


class Priced(Offering, Protocol):
    """What is needed of a line, be it an entity or a row."""

    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def discount(self) -> Decimal: ...
    @property
    def discount_amount(self) -> Decimal: ...
    @property
    def vat_category(self) -> VatCategory: ...
    @property
    def vat_rate(self) -> Decimal: ...
    @property
    def recurrence(self) -> Recurrence: ...
    @property
    def quantity_min(self) -> Decimal | None: ...
    @property
    def quantity_max(self) -> Decimal | None: ...
    @property
    def cost(self) -> Decimal | None: ...


COLUMNS = tuple(
    getattr(OpportunityLine, name)
    for name in (
        "uuid", "kind", "one_of", "is_optional", "is_taken", "quantity", "unit_price", "discount", "discount_amount",
        "vat_category", "vat_rate", "recurrence", "quantity_min", "quantity_max", "cost",
    )
)  # fmt: skip


def priced_lines(session: Session, deal_id: int) -> Sequence[Priced]:
    """The lines of a deal as far as sums need them: a thousand entities would take twice as long."""
    rows: Any = session.execute(
        sa.select(*COLUMNS)
        .where(OpportunityLine.opportunity_id == deal_id, OpportunityLine.removed_at.is_(None))
        .order_by(OpportunityLine.position, OpportunityLine.id)
    ).all()
    found: Sequence[Priced] = rows
    return found


@dataclass(frozen=True, slots=True)
class Item:
    """A priced line, worked out once. ``section``: the heading above it; ``net``: without VAT, taken or not."""

    line: Priced
    offer: Offer
    section: UUID | None
    priced: PricedLine
    net: Decimal
    step: Decimal

    @property
    def is_open(self) -> bool:
        """Whether the client has anything to choose about it."""
        return self.offer.kind is not OfferKind.FIRM or self.line.quantity_min is not None

    @property
    def kind(self) -> OfferKind:
        return self.offer.kind

    @property
    def group(self) -> UUID | None:
        return self.offer.group

    @property
    def smallest(self) -> Decimal:
        return self.line.quantity if self.line.quantity_min is None else self.line.quantity_min

    @property
    def largest(self) -> Decimal:
        return self.line.quantity if self.line.quantity_max is None else self.line.quantity_max

    def net_of(self, quantity: Decimal) -> Decimal:
        """Without VAT, if the client takes so much of it: as a content will say it."""
        if quantity == self.line.quantity:
            return self.net
        return replace(self.priced, quantity=quantity).net(self.step)

    def weight(self, quantity: Decimal) -> Weight:
        return weight(self.line.recurrence, self.net_of(quantity) * (HUNDRED + self.priced.vat.rate))

    def addend(self, quantity: Decimal | None = None) -> tuple[Recurrence, Vat, Decimal]:
        """What the money module adds up, of the quantity that is offered or another."""
        return (
            self.line.recurrence,
            self.priced.vat,
            self.net if quantity is None else self.net_of(quantity),
        )


def items_of(lines: Iterable[Priced], offers: Mapping[UUID, Offer], step: Decimal) -> Iterator[Item]:
    section: UUID | None = None
    vats: dict[tuple[VatCategory, Decimal], Vat] = {}
    for line in lines:
        if line.kind is LineKind.SECTION:
            section = line.uuid
        elif line.kind is LineKind.ITEM:
            named = line.vat_category, line.vat_rate
            vat = vats.get(named) or vats.setdefault(named, Vat(line.vat_category.value, line.vat_rate))
            priced = PricedLine(line.quantity, line.unit_price, line.discount, vat, line.discount_amount)
            yield Item(line, offers[line.uuid], section, priced, priced.net(step), step)


@dataclass(frozen=True)
class Sums:
    """``items``: every priced line in its order; ``offers``: how each of them is offered."""

    lines: Sequence[Priced]
    currency: str
    discount: Discount
    offers: Mapping[UUID, Offer]
    items: Sequence[Item]

    @classmethod
    def of(cls, lines: Sequence[Priced], discount: Discount, currency: str) -> "Sums":
        offers = offers_of(lines)
        return cls(lines, currency, discount, offers, list(items_of(lines, offers, step_of(currency))))

    @cached_property
    def nets(self) -> Mapping[UUID, Decimal]:
        """Of every priced line, taken or not, without VAT."""
        return {item.line.uuid: item.net for item in self.items}

    @cached_property
    def totals(self) -> Mapping[Recurrence, Totals]:
        """Of what is taken as long as the client says nothing."""
        return self._totals(item.addend() for item in self.items if item.offer.taken)

    @property
    def once(self) -> Totals:
        return self.totals[Recurrence.ONCE]

    @cached_property
    def sections(self) -> Mapping[UUID, Decimal]:
        """What each section comes to without VAT, of what is taken and paid once."""
        found = {line.uuid: ZERO for line in self.lines if line.kind is LineKind.SECTION}
        for section, items in groupby(self.items, lambda item: item.section):
            if section is not None:
                taken = (item for item in items if item.offer.taken)
                found[section] = sum(
                    (item.net for item in taken if item.line.recurrence is Recurrence.ONCE), ZERO
                )
        return found

    def margin(self, line: Priced) -> Margin | None:
        """Of one line, for the firm's own eyes; None when nobody knows what it costs."""
        net = self.nets.get(line.uuid)
        if net is None:
            return None
        costed = CostedLine(net=net, quantity=line.quantity, cost=line.cost)
        return costed.margin(step_of(self.currency))

    @cached_property
    def whole_margin(self) -> QuoteMargin:
        """Of what is taken and paid once."""
        return margin_of(
            (
                CostedLine(net=item.net, quantity=item.line.quantity, cost=item.line.cost)
                for item in self.items
                if item.offer.taken and item.line.recurrence is Recurrence.ONCE
            ),
            allowance=self.once.allowance,
            step=step_of(self.currency),
        )

    @property
    def leaves_choice(self) -> bool:
        return any(item.is_open for item in self.items)

    @cached_property
    def span(self) -> tuple[Totals, Totals]:
        """The least and the most that the client may choose, of what is paid once."""
        settled = [item.addend() for item in self.items if not item.is_open]
        left_open = [item for item in self.items if item.is_open]
        least = [item.addend(item.smallest) for item in taken_at_least(left_open)]
        most = [item.addend(item.largest) for item in taken_at_most(left_open)]
        return (
            self._totals([*settled, *least])[Recurrence.ONCE],
            self._totals([*settled, *most])[Recurrence.ONCE],
        )

    def _totals(self, nets: Iterable[tuple[Recurrence, Vat, Decimal]]) -> Mapping[Recurrence, Totals]:
        return totals_by_recurrence(nets, discount=self.discount, currency=self.currency)
