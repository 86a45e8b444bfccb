"""What an invoice of some quantities of an order comes to, so that all invoices together come to the order.

One principle: what is billed so far is always what the adder says of it, and an invoice is the difference
to what was billed before. So no cent is lost or found, whatever the parts, and the last one takes the rest:
in each line, in each VAT rate's base and tax, and in what is deducted of the deposit.

The deposit is deducted in proportion, of each invoice the per cent that it was of the whole: a part
invoice never asks for what was paid already, and the balance never becomes negative.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from backoffice.money import (
    ZERO,
    Discount,
    PricedLine,
    Totals,
    Vat,
    VatTotal,
    rounded,
    share,
    step_of,
    sums_per_rate,
    totals_less,
)


@dataclass(frozen=True)
class RateSums:
    """Of one VAT rate: base and tax of what was supplied, and what of both a deposit has paid already."""

    base: Decimal = ZERO
    tax: Decimal = ZERO
    deducted_base: Decimal = ZERO
    deducted_tax: Decimal = ZERO

    def __add__(self, other: "RateSums") -> "RateSums":
        return RateSums(
            self.base + other.base,
            self.tax + other.tax,
            self.deducted_base + other.deducted_base,
            self.deducted_tax + other.deducted_tax,
        )

    def __neg__(self) -> "RateSums":
        return RateSums(-self.base, -self.tax, -self.deducted_base, -self.deducted_tax)

    def __sub__(self, other: "RateSums") -> "RateSums":
        return self + -other


NOTHING = RateSums()


class Ordered(Protocol):
    """What is needed of an order line."""

    @property
    def id(self) -> int: ...
    @property
    def net(self) -> Decimal: ...
    @property
    def priced(self) -> PricedLine: ...


@dataclass(frozen=True)
class Billed:
    """What issued invoices bill, less what credit notes took back: by order line, and by VAT rate."""

    quantities: Mapping[int, Decimal] = field(default_factory=dict)
    nets: Mapping[int, Decimal] = field(default_factory=dict)
    sums: Mapping[Vat, RateSums] = field(default_factory=dict)

    def remaining(self, line: Ordered) -> Decimal:
        return line.priced.quantity - self.quantities.get(line.id, ZERO)


@dataclass(frozen=True)
class PartLine:
    line_id: int
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True)
class Part:
    """An invoice to be: its lines, and its sums by VAT rate."""

    lines: tuple[PartLine, ...]
    sums: Mapping[Vat, RateSums]


def part_of(
    ordered: Sequence[Ordered],
    billed: Billed,
    wanted: Mapping[int, Decimal],
    *,
    discount: Discount,
    deposit: Decimal,
    currency: str,
) -> Part:
    """The invoice of the quantities ``wanted``, by order line; none above what remains.

    ``discount`` is the order's; ``deposit``, what was paid of the whole before, in per cent.
    """
    step = step_of(currency)
    lines, after = [], dict(billed.nets)
    for line in ordered:
        if line.id not in wanted:
            continue
        quantity = wanted[line.id]
        reached = billed.quantities.get(line.id, ZERO) + quantity
        whole = line.net if reached == line.priced.quantity else line.priced.part(reached).net(step)
        lines.append(PartLine(line.id, quantity, whole - billed.nets.get(line.id, ZERO)))
        after[line.id] = whole
    touched = {line.priced.vat for line in ordered if line.id in wanted}
    nets = [(line.priced.vat, after.get(line.id, ZERO)) for line in ordered if line.priced.vat in touched]
    sums_now, sums_whole = sums_per_rate(nets), sums_per_rate((line.priced.vat, line.net) for line in ordered)
    off = _off(discount, sums_now, sums_whole, step)
    sums = {
        each.vat: _reached(each, deposit, step) - billed.sums.get(each.vat, NOTHING)
        for each in totals_less(sums_now, off, currency=currency).taxes
    }
    return Part(tuple(lines), sums)


def _off(
    discount: Discount, reached: Mapping[Vat, Decimal], whole: Mapping[Vat, Decimal], step: Decimal
) -> Mapping[Vat, Decimal]:
    """What the order's discount has taken off so far: of an amount, each rate's part as far as the rate is billed."""
    if not discount.amount:
        return discount.per_rate(reached, step)
    parts = discount.per_rate(whole, step)
    return {vat: mirrored(parts[vat], amount, whole[vat], step) for vat, amount in reached.items()}


def _reached(total: VatTotal, deposit: Decimal, step: Decimal) -> RateSums:
    deducted = share(total.base, deposit, step)
    return RateSums(total.base, total.tax, deducted, share(deducted, total.vat.rate, step))


def totals_of_sums(nets: Mapping[Vat, Decimal], sums: Mapping[Vat, RateSums], *, currency: str) -> Totals:
    """What is to be paid. ``nets``: the lines by VAT rate, before discount; deductions are lines too (BT-106)."""
    step = step_of(currency)
    supplied = sum((each.base for each in sums.values()), ZERO)
    lines = sum(nets.values(), ZERO)
    deducted = sum((each.deducted_base for each in sums.values()), ZERO)
    taxes = tuple(
        VatTotal(
            vat, rounded(each.base - each.deducted_base, step), rounded(each.tax - each.deducted_tax, step)
        )
        for vat, each in sorted(sums.items(), key=lambda item: (item[0].category, item[0].rate))
    )
    net, tax = supplied - deducted, sum((each.tax for each in taxes), ZERO)
    return Totals(
        rounded(lines - deducted, step),
        rounded(lines - supplied, step),
        rounded(net, step),
        rounded(tax, step),
        rounded(net + tax, step),
        taxes,
    )


def taken_off(unit_price: Decimal, quantity: Decimal, net: Decimal, step: Decimal) -> Decimal:
    """What a discount that is an amount takes off a part: price × quantity less it is the part's ``net``."""
    return rounded(unit_price * quantity, step) - net


def mirrored(amount: Decimal, part: Decimal, of: Decimal, step: Decimal) -> Decimal:
    """As much of ``amount`` as ``part`` is of ``of``; all of it when they are equal."""
    if part == of:
        return amount
    return ZERO if of == 0 else rounded(amount * part / of, step)
