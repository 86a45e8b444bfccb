"""What the working paper comes to: every line, every section, the whole, and the least and most that may be chosen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.catalogue.models import VatCategory
from backoffice.db import scaled
from backoffice.money import (
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
from backoffice.quotes.choice import Offered, hundredths, nets_taken
from backoffice.quotes.offers import Offer, Offering, OfferKind, offers_of


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
    vat: Vat
    net: Decimal

    @property
    def is_open(self) -> bool:
        """Whether the client has anything to choose about it."""
        return self.offer.kind is not OfferKind.FIRM or self.line.quantity_min is not None

    @property
    def addend(self) -> tuple[Recurrence, Vat, Decimal]:
        return self.line.recurrence, self.vat, self.net

    def as_content(self) -> dict[str, Any]:
        """As a content holds it, as far as a choice needs it."""
        line, least, most = self.line, self.line.quantity_min, self.line.quantity_max
        return {
            "id": str(line.uuid),
            "kind": "item",
            "quantity": scaled(line.quantity, 4),
            "unit_price": scaled(line.unit_price, 6),
            "discount": hundredths(line.discount),
            "discount_amount": hundredths(line.discount_amount),
            "vat": {"category": self.vat.category, "rate": hundredths(self.vat.rate)},
            "net": hundredths(self.net),
            "recurrence": line.recurrence.value,
            "offer": self.offer.kind.value,
            "group": str(self.offer.group) if self.offer.group else None,
            "taken": self.offer.taken,
            "range": None if least is None or most is None else [scaled(least, 4), scaled(most, 4)],
        }


def items_of(lines: Iterable[Priced], offers: Mapping[UUID, Offer], step: Decimal) -> Iterator[Item]:
    section: UUID | None = None
    for line in lines:
        if line.kind is LineKind.SECTION:
            section = line.uuid
        elif line.kind is LineKind.ITEM:
            vat = Vat(line.vat_category.value, line.vat_rate)
            priced = PricedLine(line.quantity, line.unit_price, line.discount, vat, line.discount_amount)
            yield Item(line, offers[line.uuid], section, vat, priced.net(step))


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
        return self._totals(item.addend for item in self.items if item.offer.taken)

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
        settled = [item.addend for item in self.items if not item.is_open]
        lines = [item.as_content() for item in self.items if item.is_open]
        content = {"currency": self.currency, "lines": lines}
        offered = Offered(content)
        least, most = (
            self._totals([*settled, *nets_taken(content, selection)])[Recurrence.ONCE]
            for selection in (offered.least(), offered.most())
        )
        return least, most

    def _totals(self, nets: Iterable[tuple[Recurrence, Vat, Decimal]]) -> Mapping[Recurrence, Totals]:
        return totals_by_recurrence(nets, discount=self.discount, currency=self.currency)
