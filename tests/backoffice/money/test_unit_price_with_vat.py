"""A consumer reads unit prices including VAT, near enough to the totals beside them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.money import CENT, FEW, SMALLEST_PRICE, unit_price_with_vat

PRICES = st.decimals(0, 10_000, places=6)
QUANTITIES = st.decimals(0, 10_000, places=4)
RATES = st.sampled_from([Decimal(rate) for rate in ("0", "2.1", "5.5", "10", "20")])


@pytest.mark.parametrize(
    ("price", "rate", "quantity", "read"),
    [
        ("54", "20", "80", "64.80"),
        ("120.50", "5.5", "3", "127.13"),
        ("0.0042", "20", "10000", "0.00504"),
        ("0.004", "20", "10000", "0.0048"),
        ("0.99", "20", "1000", "1.188"),
        ("0.275", "20", "3", "0.33"),
    ],
)
def test_worked_examples(price, rate, quantity, read):
    assert unit_price_with_vat(Decimal(price), Decimal(rate), Decimal(quantity)) == Decimal(read)


@given(PRICES, RATES, QUANTITIES)
def test_quantity_times_price_comes_to_the_total_within_a_few_cents(price, rate, quantity):
    shown = unit_price_with_vat(price, rate, quantity)
    exact = price * (100 + rate) / 100
    assert shown == shown.quantize(SMALLEST_PRICE)
    assert abs(shown - exact) * quantity <= max(FEW * CENT, quantity * SMALLEST_PRICE / 2)


@given(PRICES, RATES, QUANTITIES)
def test_cents_are_shown_whenever_they_suffice(price, rate, quantity):
    exact = price * (100 + rate) / 100
    in_cents = unit_price_with_vat(price, rate, Decimal(0))
    assert in_cents == in_cents.quantize(CENT)
    if abs(in_cents - exact) * quantity <= FEW * CENT:
        assert unit_price_with_vat(price, rate, quantity) == in_cents
