"""Exact arithmetic of prices: the only place that adds amounts or takes VAT.

The algorithm is EN 16931's: each line is rounded, lines are summed per VAT category and rate,
VAT is taken once per rate on that sum. Halves are rounded away from zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

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


@dataclass(frozen=True)
class PricedLine:
    """What pricing needs of a line. Price without VAT; ``discount`` in per cent."""

    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    vat: Vat

    def net(self, step: Decimal = CENT) -> Decimal:
        """BT-131: quantity × price less the line's discount, rounded once."""
        with localcontext(prec=60):
            return rounded(self.quantity * self.unit_price * (HUNDRED - self.discount) / HUNDRED, step)


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


def totals_of(
    nets: Iterable[tuple[Vat, Decimal]], *, discount: Decimal = ZERO, currency: str = "EUR"
) -> Totals:
    """Totals of rounded line amounts without VAT; ``discount`` is the document's, in per cent.

    The document's discount is taken per VAT category and rate, each part rounded (BG-20 holds one
    rate each), so that the parts add up to what is printed.
    """
    step = step_of(currency)
    sums: dict[Vat, Decimal] = {}
    for vat, net in nets:
        sums[vat] = sums.get(vat, ZERO) + net
    taxes: list[VatTotal] = []
    allowance = ZERO
    for vat, amount in sorted(sums.items(), key=lambda item: (item[0].category, item[0].rate)):
        reduction = share(amount, discount, step)
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
    lines: Sequence[PricedLine], *, discount: Decimal = ZERO, currency: str = "EUR"
) -> Totals:
    """``totals_of`` for lines not yet rounded."""
    step = step_of(currency)
    return totals_of(((line.vat, line.net(step)) for line in lines), discount=discount, currency=currency)
