"""Totals against an oracle that knows no Decimal: whole numbers and fractions only."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.db import unscaled
from backoffice.money import (
    DECIMALS,
    Discount,
    PricedLine,
    Totals,
    UnsupportedCurrency,
    Vat,
    rounded,
    share,
    step_of,
    totals_of,
    totals_of_lines,
    with_vat,
)

VATS = [Vat("S", Decimal(rate)) for rate in ("20", "10", "5.5", "2.1")] + [
    Vat("E", Decimal(0)),
    Vat("AE", Decimal(0)),
]

vats = st.sampled_from(VATS)
percents = st.integers(0, 10_000).map(lambda n: unscaled(n, 2))
currencies = st.sampled_from(["EUR", "CHF", "JPY", "XPF"])
priced = st.builds(
    PricedLine,
    quantity=st.integers(-10_000_000, 100_000_000).map(lambda n: unscaled(n, 4)),
    unit_price=st.integers(0, 10**12).map(lambda n: unscaled(n, 6)),
    discount=percents,
    vat=vats,
)
many = st.lists(priced, min_size=1, max_size=12)


def whole(value: Fraction) -> int:
    """To the nearest whole number, halves away from zero; the oracle's own rounding."""
    up = int(abs(value) * 2 + 1) // 2
    return up if value >= 0 else -up


def fraction(value: Decimal) -> Fraction:
    return Fraction(*value.as_integer_ratio())


def oracle(lines: list[PricedLine], discount: Decimal, currency: str) -> tuple[int, int, int, int, int]:
    """Lines, allowance, net, VAT and gross in the currency's smallest step."""
    scale = 10 ** DECIMALS[currency]
    sums: dict[tuple[str, Fraction], int] = {}
    for line in lines:
        net = whole(
            fraction(line.quantity)
            * fraction(line.unit_price)
            * (100 - fraction(line.discount))
            / 100
            * scale
        )
        key = (line.vat.category, fraction(line.vat.rate))
        sums[key] = sums.get(key, 0) + net
    cuts = {key: whole(amount * fraction(discount) / 100) for key, amount in sums.items()}
    total = sum(sums.values())
    allowance = sum(cuts.values())
    tax = sum(whole((amount - cuts[key]) * key[1] / 100) for key, amount in sums.items())
    return total, allowance, total - allowance, tax, total - allowance + tax


def in_steps(amount: Decimal, currency: str) -> int:
    steps = fraction(amount) * 10 ** DECIMALS[currency]
    assert steps.denominator == 1, f"{amount} is finer than {currency} allows"
    return int(steps)


@given(many, percents, currencies)
def test_totals_are_those_of_the_oracle(lines: list[PricedLine], discount: Decimal, currency: str) -> None:
    totals = totals_of_lines(lines, discount=Discount(discount), currency=currency)
    figures = (totals.lines, totals.allowance, totals.net, totals.vat, totals.gross)
    assert tuple(in_steps(figure, currency) for figure in figures) == oracle(lines, discount, currency)


@given(many, percents, currencies)
def test_gross_is_net_and_vat_and_vat_is_the_sum_of_its_rates(
    lines: list[PricedLine], discount: Decimal, currency: str
) -> None:
    totals = totals_of_lines(lines, discount=Discount(discount), currency=currency)
    assert totals.gross == totals.net + totals.vat
    assert totals.net == totals.lines - totals.allowance == sum(each.base for each in totals.taxes)
    assert totals.vat == sum(each.tax for each in totals.taxes)


@given(many, percents, currencies)
def test_vat_is_taken_once_per_rate_on_what_the_discount_left(
    lines: list[PricedLine], discount: Decimal, currency: str
) -> None:
    totals = totals_of_lines(lines, discount=Discount(discount), currency=currency)
    assert len({each.vat for each in totals.taxes}) == len(totals.taxes)
    for each in totals.taxes:
        base = Fraction(in_steps(each.base, currency))
        assert in_steps(each.tax, currency) == whole(base * fraction(each.vat.rate) / 100)


@given(many, percents, st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(
    lines: list[PricedLine], discount: Decimal, chance: object
) -> None:
    mixed = list(lines)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert totals_of_lines(mixed, discount=Discount(discount)) == totals_of_lines(
        lines, discount=Discount(discount)
    )


@given(many, percents, currencies)
def test_the_parts_of_a_discount_add_up_to_what_is_printed(
    lines: list[PricedLine], discount: Decimal, currency: str
) -> None:
    totals = totals_of_lines(lines, discount=Discount(discount), currency=currency)
    gone = Decimal(0)
    for each in totals.taxes:
        alone = totals_of_lines([line for line in lines if line.vat == each.vat], currency=currency)
        part = alone.lines - each.base
        assert part == share(alone.lines, discount, step_of(currency))
        gone += part
    assert gone == totals.allowance


@given(many)
def test_a_discount_of_nothing_or_of_everything_is_exact(lines: list[PricedLine]) -> None:
    assert totals_of_lines(lines).allowance == 0
    free = totals_of_lines(lines, discount=Discount(Decimal(100)))
    assert (free.net, free.vat, free.gross) == (0, 0, 0)


@given(st.lists(st.tuples(vats, st.integers(-(10**9), 10**9).map(lambda n: unscaled(n, 2))), max_size=12))
def test_what_was_rounded_once_is_never_rounded_again(nets: list[tuple[Vat, Decimal]]) -> None:
    assert totals_of(nets).lines == sum((net for _, net in nets), Decimal(0))


@given(st.integers(-(10**9), 10**9).map(lambda n: unscaled(n, 2)), vats)
def test_a_consumer_reads_each_line_within_half_a_cent_of_its_exact_amount(net: Decimal, vat: Vat) -> None:
    exact = fraction(net) * (100 + fraction(vat.rate)) / 100
    assert abs(fraction(with_vat(net, vat.rate)) - exact) <= Fraction(1, 200)


@given(many)
def test_lines_read_with_vat_differ_from_the_total_by_half_a_cent_for_each_rounding_at_most(
    lines: list[PricedLine],
) -> None:
    """The sentence under a consumer's total, that a cent may differ, is honest: no discount, so lines and rates round."""
    totals = totals_of_lines(lines)
    read = sum((with_vat(line.net(), line.vat.rate) for line in lines), Decimal(0))
    assert abs(read - totals.gross) <= Decimal("0.005") * (len(lines) + len(totals.taxes))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.005", "0.01"), ("-0.005", "-0.01"), ("0.0049999", "0.00"), ("1.005", "1.01"), ("2.675", "2.68"),
        ("-2.675", "-2.68"), ("0.015", "0.02"), ("0.025", "0.03"), ("99999999999.995", "100000000000.00"),
    ],
)  # fmt: skip
def test_halves_go_away_from_zero(value: str, expected: str) -> None:
    assert str(rounded(Decimal(value))) == expected


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "net"),
    [
        ("32", "78.50", "0", "2512.00"),
        ("1", "0.005", "0", "0.01"),
        ("3", "33.333333", "0", "100.00"),
        ("0.3333", "10", "0", "3.33"),
        ("1", "100", "33.33", "66.67"),
        ("-1", "10.005", "0", "-10.01"),
        ("99999.9999", "999999.999999", "0", "99999999899.90"),
        ("1", "640", "100", "0.00"),
    ],
)
def test_a_line_is_rounded_once(quantity: str, price: str, discount: str, net: str) -> None:
    line = PricedLine(Decimal(quantity), Decimal(price), Decimal(discount), VATS[0])
    assert str(line.net()) == net


def test_the_library_of_the_design_comes_to_what_its_page_shows() -> None:
    ten, twenty = Vat("S", Decimal(10)), Vat("S", Decimal(20))
    totals = totals_of([(ten, Decimal("4280.00")), (ten, Decimal("2512.00")), (twenty, Decimal("276.00"))])
    assert (totals.net, totals.vat, totals.gross) == (
        Decimal("7068.00"),
        Decimal("734.40"),
        Decimal("7802.40"),
    )
    assert [each.tax for each in totals.taxes] == [Decimal("679.20"), Decimal("55.20")]


def test_a_yen_has_no_smaller_step() -> None:
    totals = totals_of_lines(
        [PricedLine(Decimal(1), Decimal("99.5"), Decimal(0), Vat("S", Decimal(10)))], currency="JPY"
    )
    assert (totals.net, totals.vat, totals.gross) == (Decimal(100), Decimal(10), Decimal(110))
    assert totals.gross.as_tuple().exponent == 0


def test_nothing_comes_to_nothing() -> None:
    assert totals_of([]) == Totals(*(Decimal("0.00") for _ in range(5)), ())


@pytest.mark.parametrize("currency", ["TND", "KWD", "BHD", "XXX", "eur", ""])
def test_currencies_that_cannot_be_exact_are_refused(currency: str) -> None:
    with pytest.raises(UnsupportedCurrency):
        totals_of([], currency=currency)
