"""The explanation as it is copied onto a line, and read back for its page."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from backoffice.pricing.cascade import (
    DatedPrice,
    Days,
    Entry,
    Explained,
    Reduction,
    Rules,
    Words,
    explained_price,
)
from backoffice.pricing.explained import explanation_in, retyped, stored_explanation, typed_in

ON = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


def a_price(currency: str = "EUR") -> Explained:
    rules = Rules(
        prices=(DatedPrice(key=1, price=Decimal("99.5"), days=Days(date(2026, 1, 1))),),
        entries=(
            Entry(
                key=1, name=Words("Tarif chaîne", "Chain prices"), distance=1, from_quantity=Decimal("2.5"),
                price=Decimal("90.123456"), days=Days(ON, ON),
            ),
        ),
        reductions=(
            Reduction(
                key=1, name=Words("Fidélité"), level=2, distance=0, percent=Decimal("3.33"), days=Days(ON)
            ),
        ),
    )  # fmt: skip
    return explained_price(
        Decimal(100), rules, quantity=Decimal(3), on=ON, currency=currency, catalogue_currency="EUR"
    )


def numbers(value: object) -> set[type]:
    if isinstance(value, dict):
        return set().union(*(numbers(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(numbers(each) for each in value))
    return {type(value)}


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_what_is_stored_reads_back_as_it_was(currency):
    price = a_price(currency)
    assert explanation_in(json.loads(json.dumps(stored_explanation(price)))) == price


def test_only_integers_texts_and_nothing_are_stored():
    assert numbers(stored_explanation(a_price())) <= {int, str, type(None)}


def test_a_price_that_is_typed_names_who_typed_it_and_keeps_the_rules_and_their_result():
    before = stored_explanation(a_price())
    after = retyped(before, Decimal(80), by="Julien Duval", at=AT)
    assert after is not None
    typed = typed_in(json.loads(json.dumps(after)))
    assert typed is not None
    assert (typed.price, typed.by, typed.at) == (80, "Julien Duval", AT)
    assert explanation_in(after) == a_price()
    assert typed_in(before) is None
    assert "typed" not in before


def test_the_last_who_typed_a_price_is_named():
    once = retyped(stored_explanation(a_price()), Decimal(80), by="Julien Duval", at=AT)
    twice = retyped(once, Decimal(81), by="Nadia Lebrun", at=AT)
    assert twice is not None
    assert typed_in(twice).by == "Nadia Lebrun"
    assert explanation_in(twice).result == a_price().result


def test_typing_the_result_of_the_rules_again_leaves_only_the_rules():
    price = a_price()
    typed = retyped(stored_explanation(price), Decimal(80), by="Julien Duval", at=AT)
    assert retyped(typed, price.result, by="Julien Duval", at=AT) == stored_explanation(price)


def test_a_line_that_never_had_an_explanation_needs_none():
    assert retyped(None, Decimal(80), by="Julien Duval", at=AT) is None
