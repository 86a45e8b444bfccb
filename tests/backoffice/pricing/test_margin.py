"""What is earned on a line and on a quote."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.pricing.margin import CostedLine, Margin, margin_of

AMOUNT = st.decimals(0, 1_000_000, places=2)
LINE = st.builds(
    CostedLine, net=AMOUNT, quantity=st.decimals(0, 1000, places=4), cost=st.none() | st.decimals(0, 1000, places=6)
)  # fmt: skip


def line(net: str, quantity: str = "1", cost: str | None = None) -> CostedLine:
    return CostedLine(
        net=Decimal(net), quantity=Decimal(quantity), cost=None if cost is None else Decimal(cost)
    )


def test_a_line_earns_its_net_less_the_cost_of_its_quantity():
    found = line("162", "3", "31.005").margin()
    assert found is not None
    assert (found.cost, found.amount, found.percent) == (Decimal("93.02"), Decimal("68.98"), Decimal("42.58"))


def test_a_line_whose_cost_nobody_knows_has_no_margin():
    assert line("100").margin() is None


def test_such_a_line_is_left_out_of_the_quotes_margin_and_that_is_said():
    found = margin_of([line("100", cost="60"), line("900")])
    assert found.margin == Margin(net=Decimal(100), cost=Decimal(60))
    assert found.left_out == 1


def test_when_no_cost_is_known_nothing_is_below_any_floor():
    found = margin_of([line("100"), line("1")])
    assert (found.margin, found.left_out, found.is_below(Decimal(100))) == (None, 2, False)


def test_the_lines_of_known_cost_bear_their_share_of_the_quotes_discount():
    found = margin_of([line("300", cost="100"), line("100")], allowance=Decimal(40))
    assert found.margin == Margin(net=Decimal(270), cost=Decimal(100))


@pytest.mark.parametrize(
    ("net", "cost", "floor", "below"),
    [("100", "70", "30", False), ("100", "70.01", "30", True), ("100", "120", "0", True), ("0", "5", "0", True), ("0", "0", "30", False), ("100", "99", None, False)],
)  # fmt: skip
def test_the_floor_is_exact(net, cost, floor, below):
    margin = Margin(net=Decimal(net), cost=Decimal(cost))
    assert margin.is_below(None if floor is None else Decimal(floor)) is below


def test_without_a_net_there_is_no_per_cent():
    assert Margin(net=Decimal(0), cost=Decimal(5)).percent is None


def test_in_a_currency_without_cents_the_cost_has_none():
    found = line("1000", "3", "333.4").margin(Decimal(1))
    assert found is not None
    assert found.cost == 1000


@given(st.lists(LINE, max_size=8))
def test_the_margins_of_the_lines_sum_to_the_quotes(lines):
    known = [margin for each in lines if (margin := each.margin()) is not None]
    found = margin_of(lines)
    assert found.left_out == len(lines) - len(known)
    if known:
        assert found.margin is not None
        assert found.margin.amount == sum(each.amount for each in known)


@given(st.lists(LINE, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(lines, random):
    before = margin_of(lines, allowance=Decimal(7))
    random.shuffle(lines)
    assert margin_of(lines, allowance=Decimal(7)) == before
