"""Numbers as people type them on a line."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.catalogue.models import Unit
from backoffice.opportunities.numbers import UnknownUnit, percentage, price, quantity
from backoffice.typed import AmbiguousNumber, NegativeNumber, NotANumber, NumberTooLarge, TooManyDecimals


@pytest.mark.parametrize(
    ("typed", "language", "meant"),
    [
        ("1 234,50", "fr", "1234.5"),
        ("1234.5", "fr", "1234.5"),
        ("1\u202f234,50", "fr", "1234.5"),
        ("1\u00a0234,5", "en", "1234.5"),
        ("1,234.50", "en", "1234.5"),
        ("1.234,50", "fr", "1234.5"),
        ("1,234", "en", "1234"),
        ("1,234", "fr", "1.234"),
        ("1,5", "en", "1.5"),
        ("12 345 678", "fr", "12345678"),
        ("1.234.567", "fr", "1234567"),
        (",5", "fr", "0.5"),
        ("5,", "fr", "5"),
        ("0", "fr", "0"),
        (" 78,50 € ", "fr", "78.5"),
        ("0,333333", "fr", "0.333333"),
        ("1,500000000", "fr", "1.5"),
        ("99 999 999", "fr", "99999999"),
        ("1.000", "en", "1"),
        ("0.125", "fr", "0.125"),
        ("1.25", "fr", "1.25"),
        ("1,250", "fr", "1.25"),
        ("1.2500", "fr", "1.25"),
    ],
)
def test_both_notations_are_read(typed: str, language: str, meant: str) -> None:
    assert price(typed, language) == Decimal(meant)


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", NotANumber),
        (" ", NotANumber),
        ("nan", NotANumber),
        ("inf", NotANumber),
        ("1e309", NotANumber),
        ("1e3", NotANumber),
        ("0x10", NotANumber),
        ("1_000", NotANumber),
        ("١٢", NotANumber),
        ("12 34", NotANumber),
        ("1,23,4", NotANumber),
        ("1,2.3,4", NotANumber),
        (",", NotANumber),
        ("9" * 400, NotANumber),
        ("-1", NegativeNumber),
        ("−1", NegativeNumber),
        ("1,2345678", TooManyDecimals),
        ("100000000", NumberTooLarge),
        ("99999999,01", NumberTooLarge),
        ("1.000", AmbiguousNumber),
        ("12.500 €", AmbiguousNumber),
        (" 999.999 ", AmbiguousNumber),
    ],
)
def test_what_is_no_price_is_refused_by_name(typed: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        price(typed, "fr")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("32 m²", (Decimal(32), Unit.SQUARE_METRE)),
        ("32m2", (Decimal(32), Unit.SQUARE_METRE)),
        ("1,5 h", (Decimal("1.5"), Unit.HOUR)),
        ("2 jours", (Decimal(2), Unit.DAY)),
        ("1 forfait", (Decimal(1), Unit.LUMP_SUM)),
        ("1 lump sum", (Decimal(1), Unit.LUMP_SUM)),
        ("3", (Decimal(3), None)),
    ],
)
def test_a_unit_may_follow_a_quantity(typed: str, meant: tuple[Decimal, Unit | None]) -> None:
    assert quantity(typed, "fr") == meant


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("3 stères", UnknownUnit),
        ("m²", NotANumber),
        ("0,00001", TooManyDecimals),
        ("10000000", NumberTooLarge),
        ("1.000 h", AmbiguousNumber),
    ],
)
def test_what_is_no_quantity_is_refused_by_name(typed: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        quantity(typed, "fr")


def test_a_discount_is_at_most_the_whole() -> None:
    assert percentage("12,5 %", "fr") == Decimal("12.5")
    assert percentage("100", "fr") == Decimal(100)
    with pytest.raises(NumberTooLarge):
        percentage("100,01", "fr")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_number_in_range_or_a_refusal(typed: str) -> None:
    try:
        value = price(typed, "fr")
    except (NotANumber, NegativeNumber, TooManyDecimals, NumberTooLarge):
        return
    assert 0 <= value <= Decimal(99_999_999)
    assert value == value.quantize(Decimal("0.000001"))
