"""A unit price and where it comes from. Pure: no database, no page."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.pricing.cascade import (
    DatedPrice,
    Days,
    Entry,
    Explained,
    Origin,
    Reduction,
    Rules,
    StepKind,
    Words,
    explained_price,
)

TODAY = date(2026, 11, 22)
ALWAYS = Days(date(2000, 1, 1))


def entry(price: str | None = None, *, discount: str | None = None, distance: int = 0, of: str = "0", key: int = 1, days: Days = ALWAYS) -> Entry:  # fmt: skip
    return Entry(
        key=key, name=Words(f"Tarif {key}", f"List {key}"), distance=distance, from_quantity=Decimal(of), days=days,
        price=None if price is None else Decimal(price), discount=None if discount is None else Decimal(discount),
    )  # fmt: skip


def level(number: int, percent: str, *, distance: int = 0, key: int = 1, days: Days = ALWAYS, of_product: bool = False) -> Reduction:  # fmt: skip
    return Reduction(
        key=key, name=Words(f"Remise {number}"), level=number, distance=distance, percent=Decimal(percent),
        days=days, of_product=of_product,
    )  # fmt: skip


def dated(price: str, first: date, last: date | None = None, key: int = 1) -> DatedPrice:
    return DatedPrice(key=key, price=Decimal(price), days=Days(first, last))


def of(plain: str = "100", *, prices=(), entries=(), reductions=(), quantity: str = "1", on: date = TODAY, currency: str = "EUR", catalogue: str | None = "EUR") -> Explained:  # fmt: skip
    return explained_price(
        Decimal(plain), Rules(prices=tuple(prices), entries=tuple(entries), reductions=tuple(reductions)),
        quantity=Decimal(quantity), on=on, currency=currency, catalogue_currency=catalogue,
    )  # fmt: skip


def test_without_any_rule_the_price_is_the_products():
    found = of("54.10")
    assert (found.result, found.start.origin, found.steps) == (Decimal("54.10"), Origin.PRODUCT, ())


def test_a_dated_price_counts_on_its_first_and_its_last_day_and_not_beside_them():
    summer = dated("80", date(2026, 6, 1), date(2026, 8, 31))
    days = {date(2026, 5, 31): 100, date(2026, 6, 1): 80, date(2026, 8, 31): 80, date(2026, 9, 1): 100}
    assert {on: of(prices=[summer], on=on).result for on in days} == days


def test_of_two_dated_prices_the_one_that_began_last_counts():
    found = of(prices=[dated("90", date(2026, 1, 1)), dated("95", date(2026, 11, 1), key=2)])
    assert (found.result, found.start.since) == (95, date(2026, 11, 1))


def test_the_clients_own_list_comes_before_the_groups_and_that_before_the_chains():
    every = [entry("70", distance=2, key=3), entry("80", distance=1, key=2), entry("90", distance=0)]
    assert of(entries=every).result == 90
    assert of(entries=every[:2]).result == 80
    assert of(entries=every[:1]).result == 70


def test_what_the_own_list_does_not_say_the_chains_list_does():
    assert of(entries=[entry("60", of="10"), entry("80", distance=1, key=2)], quantity="9").result == 80


@pytest.mark.parametrize(("quantity", "price"), [("9.9999", 100), ("10", 90), ("99", 90), ("100", 75)])
def test_the_highest_quantity_that_is_reached_counts(quantity, price):
    breaks = [entry("90", of="10"), entry("75", of="100", key=2)]
    assert of(entries=breaks, quantity=quantity).result == price


def test_a_price_of_a_list_is_told_as_what_it_takes_off_the_catalogues():
    found = of(entries=[entry("87.5", of="5")], quantity="5")
    assert [(step.kind, step.off, step.left, step.from_quantity) for step in found.steps] == [
        (StepKind.LIST_PRICE, Decimal("12.5"), Decimal("87.5"), 5)
    ]


def test_a_list_may_ask_more_than_the_catalogue_and_says_so():
    found = of(entries=[entry("120")])
    assert (found.result, found.steps[0].off) == (120, -20)


def test_a_discount_of_a_list_is_one_on_the_dated_price():
    found = of(prices=[dated("80", date(2026, 1, 1))], entries=[entry(discount="10")])
    assert (found.start.price, found.result) == (80, 72)


def test_each_level_takes_its_part_of_what_the_one_before_left():
    found = of(reductions=[level(3, "10", key=3), level(1, "20"), level(2, "5", key=2)])
    assert [(step.level, step.off, step.left) for step in found.steps] == [(1, 20, 80), (2, 4, 76), (3, Decimal("7.6"), Decimal("68.4"))]  # fmt: skip


def test_of_one_level_only_the_nearest_discount_counts_and_none_counts_twice():
    several = [
        level(1, "50", distance=2),
        level(1, "10", distance=0, key=2),
        level(1, "30", distance=1, key=3),
    ]
    found = of(reductions=[*several, *several])
    assert (found.result, len(found.steps)) == (90, 1)


def test_equally_near_the_discount_of_the_product_comes_before_that_of_all():
    assert of(reductions=[level(1, "5", of_product=True), level(1, "50", key=2)]).result == 95


def test_the_price_is_rounded_once_at_the_end_half_away_from_zero():
    found = of("0.000001", reductions=[level(1, "50"), level(2, "50", key=2)])
    assert found.result == 0  # a quarter of a millionth; rounded at each step it would stay a millionth
    assert of("0.000003", reductions=[level(1, "50")]).result == Decimal("0.000002")


def test_in_another_currency_the_lists_price_is_where_the_explanation_begins():
    found = of(entries=[entry("110")], reductions=[level(1, "10")], currency="USD")
    assert (found.start.origin, found.start.price, found.result) == (Origin.PRICE_LIST, 110, 99)
    assert [step.kind for step in found.steps] == [StepKind.LEVEL]


def test_a_figure_taken_over_from_the_catalogue_into_another_currency_is_said_to_be_one():
    assert of(currency="USD").start.currency == "EUR"
    assert of(currency="EUR").start.currency is None


DAY = st.dates(date(2026, 1, 1), date(2026, 12, 31))
SPAN = st.builds(lambda first, length: Days(first, None if length is None else first + timedelta(days=length)), DAY, st.none() | st.integers(0, 300))  # fmt: skip
PRICE = st.decimals(0, 1_000_000, places=6)
PERCENT = st.decimals(0, 100, places=2)
QUANTITY = st.decimals(0, 10_000, places=4)
DATED = st.builds(DatedPrice, key=st.integers(1, 99), price=PRICE, days=SPAN)


def entries(price, discount):
    return st.builds(
        Entry, key=st.integers(1, 99), name=st.just(Words("Tarif")), distance=st.integers(0, 3),
        from_quantity=QUANTITY, days=SPAN, price=price, discount=discount,
    )  # fmt: skip


DISCOUNTS = entries(st.none(), PERCENT)
ENTRIES = DISCOUNTS | entries(PRICE, st.none())
REDUCTIONS = st.builds(
    Reduction, key=st.integers(1, 99), name=st.just(Words("Remise")), level=st.integers(1, 6),
    distance=st.integers(0, 4), percent=PERCENT, days=SPAN, of_product=st.booleans(),
)  # fmt: skip


def unique(strategy):
    return st.lists(strategy, max_size=8, unique_by=lambda each: each.key)


@given(PRICE, unique(DATED), unique(DISCOUNTS), unique(REDUCTIONS), QUANTITY, DAY)
def test_discounts_never_lead_below_nothing_nor_above_the_list_price(plain, prices, discounts, reductions, quantity, on):  # fmt: skip
    found = explained_price(plain, Rules(prices=tuple(prices), entries=tuple(discounts), reductions=tuple(reductions)), quantity=quantity, on=on, currency="EUR")  # fmt: skip
    assert 0 <= found.result <= found.start.price


@given(PRICE, unique(DATED), unique(ENTRIES), unique(REDUCTIONS), QUANTITY, DAY)
def test_the_steps_sum_to_what_lies_between_the_list_price_and_the_result(plain, prices, lists, reductions, quantity, on):  # fmt: skip
    found = explained_price(plain, Rules(prices=tuple(prices), entries=tuple(lists), reductions=tuple(reductions)), quantity=quantity, on=on, currency="EUR")  # fmt: skip
    assert sum(step.off for step in found.steps) == found.start.price - found.result
    left = found.start.price
    for step in found.steps:
        left -= step.off
        assert left == step.left
        assert step.off == round(step.off, 6)
    assert len(found.steps) <= 7
    levels = [step.level for step in found.steps if step.level]
    assert levels == sorted(set(levels))


@given(PRICE, unique(DATED), unique(ENTRIES), unique(REDUCTIONS), QUANTITY, DAY, st.randoms(use_true_random=False))  # fmt: skip
def test_the_order_in_which_rules_are_given_does_not_matter(plain, prices, lists, reductions, quantity, on, random):  # fmt: skip
    def found():
        return explained_price(plain, Rules(prices=tuple(prices), entries=tuple(lists), reductions=tuple(reductions)), quantity=quantity, on=on, currency="EUR")  # fmt: skip

    before = found()
    for rules in (prices, lists, reductions):
        random.shuffle(rules)
    assert found() == before


@given(
    st.lists(st.tuples(QUANTITY, PRICE, st.integers(0, 3)), min_size=1, max_size=8),
    unique(REDUCTIONS), QUANTITY, QUANTITY,
)  # fmt: skip
def test_who_takes_more_never_pays_more_for_one_when_the_breaks_fall(breaks, reductions, some, others):
    quantities = sorted(each[0] for each in breaks)
    prices = sorted((each[1] for each in breaks), reverse=True)
    falling = [
        Entry(
            key=key, name=Words("Tarif"), distance=distance, from_quantity=quantity, price=price, days=ALWAYS
        )
        for key, (quantity, price, (_, _, distance)) in enumerate(
            zip(quantities, prices, breaks, strict=True)
        )
    ]
    rules = Rules(entries=tuple(falling), reductions=tuple(reductions))
    fewer, more = (
        explained_price(max(prices), rules, quantity=quantity, on=TODAY, currency="EUR").result
        for quantity in sorted((some, others))
    )
    assert more <= fewer


@given(PRICE, st.lists(PERCENT, max_size=6))
def test_the_result_is_the_exact_product_rounded_once(plain, percents):
    reductions = tuple(level(number, str(percent), key=number) for number, percent in enumerate(percents, 1))
    numerator, denominator = int(plain.scaleb(6)), 1
    for percent in percents:
        numerator *= 10_000 - int(percent.scaleb(2))
        denominator *= 10_000
    expected = (2 * numerator + denominator) // (2 * denominator)
    found = explained_price(
        plain, Rules(reductions=reductions), quantity=Decimal(1), on=TODAY, currency="EUR"
    )
    assert found.result == Decimal(expected).scaleb(-6)
