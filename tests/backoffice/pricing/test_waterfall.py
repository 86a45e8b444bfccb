"""The bars of a waterfall: each begins where the one before ended, and none leaves the drawing."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backoffice.pricing.waterfall import THINNEST, WIDTH, _bar, _rows

PRICE = st.decimals(0, 1_000_000, places=6)


@given(PRICE, PRICE, PRICE)
def test_a_bar_stays_within_the_drawing_and_is_seen_when_it_stands_for_something(low, high, more):
    low, high = sorted((low, high))
    bar = _bar(low, high, high + more, "off")
    assert 0 <= bar.begins <= bar.begins + bar.width <= WIDTH
    assert bar.width >= THINNEST if high > low else bar.width == 0


def test_the_highest_price_fills_the_drawing_and_the_steps_hang_together(app):
    rows = _rows([("Catalogue", Decimal(200)), ("Liste", Decimal(250)), ("Remise", Decimal(125))])
    bars = [(row.bar.begins, row.bar.width, row.bar.tone) for row in rows]
    assert bars == [(0, 800, "price"), (800, 200, "more"), (500, 500, "off"), (0, 500, "price")]
    assert [row.change for row in rows] == [None, 50, -125, None]


def test_a_price_of_nothing_is_drawn_as_nothing(app):
    assert [row.bar.width for row in _rows([("Catalogue", Decimal(0))])] == [0, 0]
