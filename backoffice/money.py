"""Exact arithmetic of prices: the only place that adds amounts or takes VAT.

The algorithm is EN 16931's: each line is rounded, lines are summed per VAT category and rate,
VAT is taken once per rate on that sum. Halves are rounded away from zero.
"""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext

ZERO = Decimal(0)
HUNDRED = Decimal(100)
CENT = Decimal("0.01")
SMALLEST_PRICE = Decimal("0.000001")
FEW = 5

# Minor units by ISO 4217. Currencies with three decimals cannot be carried by EN 16931 and are refused.
DECIMALS = dict.fromkeys(
    ("EUR", "USD", "GBP", "CHF", "CAD", "SEK", "DKK", "NOK", "PLN", "CZK", "RON", "MAD"), 2
) | dict.fromkeys(("JPY", "KRW", "CLP", "XPF", "XOF", "XAF"), 0)


class UnsupportedCurrency(ValueError):
    """A currency whose amounts the tables and EN 16931 cannot hold exactly."""


def step_of(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for EUR, 1 for JPY."""
    try:
        return Decimal(1).scaleb(-DECIMALS[currency])
    except KeyError:
        raise UnsupportedCurrency(currency) from None


def rounded(value: Decimal, step: Decimal = CENT) -> Decimal:
    """``value`` to the nearest ``step``, halves away from zero."""
    with localcontext(prec=60):
        return value.quantize(step, ROUND_HALF_UP)


def share(amount: Decimal, percent: Decimal, step: Decimal = CENT) -> Decimal:
    """``percent`` per cent of ``amount``, rounded."""
    with localcontext(prec=60):
        return rounded(amount * percent / HUNDRED, step)


@dataclass(frozen=True)
class Vat:
    """EN 16931 category code (S, Z, E, AE, K, G, O) and rate in per cent."""

    category: str
    rate: Decimal


class Recurrence(enum.StrEnum):
    """How often what a line says is paid. What is not paid equally often is never added up."""

    ONCE = "once"
    MONTHLY = "monthly"
    YEARLY = "yearly"


@dataclass(frozen=True)
class PricedLine:
    """What pricing needs of a line. Price without VAT; ``discount`` in per cent, or ``amount_off`` the whole line."""

    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    vat: Vat
    amount_off: Decimal = ZERO

    def net(self, step: Decimal = CENT) -> Decimal:
        """BT-131: quantity × price less the discount, rounded once; an amount takes off no more than there is."""
        with localcontext(prec=60):
            whole = self.quantity * self.unit_price * (HUNDRED - self.discount) / HUNDRED
            if self.amount_off:
                whole -= min(self.amount_off, max(whole, ZERO))
            return whole.quantize(step, ROUND_HALF_UP)

    def part(self, quantity: Decimal) -> "PricedLine":
        """The same for fewer of them, with its share of the amount off, to a millionth."""
        if quantity == self.quantity or not self.amount_off:
            return replace(self, quantity=quantity)
        with localcontext(prec=60):
            off = rounded(self.amount_off * quantity / self.quantity, SMALLEST_PRICE)
        return replace(self, quantity=quantity, amount_off=off)


@dataclass(frozen=True)
class VatTotal:
    """BG-23: what one VAT category and rate amounts to."""

    vat: Vat
    base: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Totals:
    """BG-22. ``lines`` is BT-106, ``allowance`` BT-107, ``net`` BT-109, ``vat`` BT-110, ``gross`` BT-112."""

    lines: Decimal
    allowance: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal
    taxes: tuple[VatTotal, ...]


@dataclass(frozen=True)
class Discount:
    """Of a whole document: per cent of each VAT rate's sum, or an amount that is spread over them. One of the two."""

    percent: Decimal = ZERO
    amount: Decimal = ZERO

    def __bool__(self) -> bool:
        return bool(self.percent or self.amount)

    def per_rate(self, sums: Mapping[Vat, Decimal], step: Decimal = CENT) -> dict[Vat, Decimal]:
        """What it takes off each rate's sum, rounded (BG-20 holds one rate each).

        An amount is spread in proportion, the steps left over going to the largest remainders, so that the
        parts add up to it; it takes off no more than there is.
        """
        if not self.amount:
            return {vat: share(amount, self.percent, step) for vat, amount in sums.items()}
        whole = sum(sums.values(), ZERO)
        return spread(min(rounded(self.amount, step), max(whole, ZERO)), sums, step)


NO_DISCOUNT = Discount()


def spread(amount: Decimal, over: Mapping[Vat, Decimal], step: Decimal = CENT) -> dict[Vat, Decimal]:
    """``amount`` in proportion to the values of ``over``, in whole steps that sum to it (largest remainder).

    Nothing for values that come to nothing together. Equal remainders go by VAT category and rate.
    """
    whole = sum(over.values(), ZERO)
    if not whole:
        return dict.fromkeys(over, ZERO)
    with localcontext(prec=60):
        exact = {vat: amount * value / whole for vat, value in over.items()}
        parts = {vat: value.quantize(step, ROUND_FLOOR) for vat, value in exact.items()}
        left = int((amount - sum(parts.values(), ZERO)) / step)
        by_remainder = sorted(over, key=lambda vat: (parts[vat] - exact[vat], vat.category, vat.rate))
        for vat in by_remainder[:left]:
            parts[vat] += step
    return parts


def totals_of(
    nets: Iterable[tuple[Vat, Decimal]], *, discount: Discount = NO_DISCOUNT, currency: str = "EUR"
) -> Totals:
    """Totals of rounded line amounts without VAT; ``discount`` is the document's."""
    step = step_of(currency)
    sums = sums_per_rate(nets)
    return totals_less(sums, discount.per_rate(sums, step), currency=currency)


def totals_by_recurrence(
    nets: Iterable[tuple[Recurrence, Vat, Decimal]],
    *,
    discount: Discount = NO_DISCOUNT,
    currency: str = "EUR",
) -> dict[Recurrence, Totals]:
    """What is paid once, and of what comes back each that there is.

    A per cent off the whole is off everything; an amount is off what is paid once.
    """
    found: dict[Recurrence, list[tuple[Vat, Decimal]]] = {Recurrence.ONCE: []}
    for recurrence, vat, net in nets:
        found.setdefault(recurrence, []).append((vat, net))
    return {
        each: totals_of(
            found[each],
            discount=discount if each is Recurrence.ONCE else Discount(discount.percent),
            currency=currency,
        )
        for each in Recurrence
        if each in found
    }


def sums_per_rate(nets: Iterable[tuple[Vat, Decimal]]) -> dict[Vat, Decimal]:
    found: dict[Vat, list[Decimal]] = {}
    for vat, net in nets:
        found.setdefault(vat, []).append(net)
    return {vat: sum(each, ZERO) for vat, each in found.items()}


def totals_less(sums: Mapping[Vat, Decimal], off: Mapping[Vat, Decimal], *, currency: str = "EUR") -> Totals:
    """Totals of what each VAT rate comes to before and what is taken ``off`` it: VAT once per rate, on the rest."""
    step = step_of(currency)
    taxes: list[VatTotal] = []
    allowance = ZERO
    for vat, amount in sorted(sums.items(), key=lambda item: (item[0].category, item[0].rate)):
        reduction = off.get(vat, ZERO)
        base = amount - reduction
        allowance += reduction
        taxes.append(VatTotal(vat, base, share(base, vat.rate, step)))
    lines = sum(sums.values(), ZERO)
    net = lines - allowance
    tax = sum((each.tax for each in taxes), ZERO)
    return Totals(
        rounded(lines, step),
        rounded(allowance, step),
        rounded(net, step),
        rounded(tax, step),
        rounded(net + tax, step),
        tuple(taxes),
    )


def with_vat(amount: Decimal, rate: Decimal, step: Decimal = CENT) -> Decimal:
    """A consumer's reading of an amount. For reading only: totals come from the amounts without VAT."""
    with localcontext(prec=60):
        return rounded(amount * (HUNDRED + rate) / HUNDRED, step)


def unit_price_with_vat(price: Decimal, rate: Decimal, quantity: Decimal, step: Decimal = CENT) -> Decimal:
    """A consumer's reading of a unit price, with so many digits that the quantity comes to its total within FEW steps.

    For reading only, like ``with_vat``. At most six decimals, as unit prices have.
    """
    with localcontext(prec=60):
        exact = price * (HUNDRED + rate) / HUNDRED
        finer = step
        while abs((rounded(exact, finer) - exact) * quantity) > FEW * step and finer > SMALLEST_PRICE:
            finer = finer.scaleb(-1)
        return rounded(exact, finer)


def totals_of_lines(
    lines: Sequence[PricedLine], *, discount: Discount = NO_DISCOUNT, currency: str = "EUR"
) -> Totals:
    """``totals_of`` for lines not yet rounded."""
    step = step_of(currency)
    return totals_of(((line.vat, line.net(step)) for line in lines), discount=discount, currency=currency)
