"""Amounts, quantities, days, moments and units, to the last space, in both languages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel.messages.pofile import PoFileError
from flask_babel import force_locale

from backoffice import language

PARIS = "Europe/Paris"


@pytest.fixture
def database() -> str:
    """None of this asks a database."""
    return "sqlite"


@pytest.fixture
def spoken(app, request):
    with force_locale(request.param):
        yield request.param


def said_in(french: object, english: object) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("spoken", "expected"), [("fr", french), ("en", english)], indirect=["spoken"]
    )


@said_in(
    ["1\u202f234,50\u00a0€", "0,00\u00a0€", "−12,00\u00a0€", "1\u202f234\u202f567,89\u00a0€"],
    ["€1,234.50", "€0.00", "−€12.00", "€1,234,567.89"],
)
def test_amounts(spoken, expected):
    assert [language.money(Decimal(amount)) for amount in ("1234.5", "0", "-12", "1234567.89")] == expected


@said_in("1\u202f235\u00a0JPY", "JP¥1,235")
def test_a_currency_without_cents_has_none(spoken, expected):
    assert language.money(Decimal(1235), "JPY") == expected


@said_in(["86,35\u00a0€", "54,00\u00a0€", "0,123456\u00a0€"], ["€86.35", "€54.00", "€0.123456"])
def test_a_unit_price_shows_all_its_digits_and_two_at_least(spoken, expected):
    assert [language.unit_price(Decimal(price)) for price in ("86.350000", "54", "0.123456")] == expected


@said_in(["32", "1\u202f234,5", "0,0001"], ["32", "1,234.5", "0.0001"])
def test_quantities(spoken, expected):
    assert [language.quantity(Decimal(amount)) for amount in ("32.0000", "1234.5", "0.0001")] == expected


@said_in(["20\u202f%", "5,5\u202f%", "0\u202f%"], ["20%", "5.5%", "0%"])
def test_percentages(spoken, expected):
    assert [language.percent(Decimal(rate)) for rate in ("20", "5.50", "0")] == expected


@said_in(
    ["20 novembre 2026", "1er décembre 2026", "11 août 2026", "21 février 2027"],
    ["20 November 2026", "1 December 2026", "11 August 2026", "21 February 2027"],
)
def test_days_in_full(spoken, expected):
    days = (date(2026, 11, 20), date(2026, 12, 1), date(2026, 8, 11), date(2027, 2, 21))
    assert [language.longdate(day) for day in days] == expected


@said_in("01/12/2026", "01/12/2026")
def test_days_in_figures(spoken, expected):
    assert language.shortdate(date(2026, 12, 1)) == expected


@said_in(
    ["1er décembre 2026 à 0\u00a0h\u00a005", "20 novembre 2026 à 14\u00a0h\u00a032"],
    ["1 December 2026 at 00:05", "20 November 2026 at 14:32"],
)
def test_moments_are_told_in_the_sellers_zone(spoken, expected):
    moments = (datetime(2026, 11, 30, 23, 5, tzinfo=UTC), datetime(2026, 11, 20, 13, 32, tzinfo=UTC))
    assert [language.moment(at, PARIS) for at in moments] == expected


UNITS = ("C62", "HUR", "DAY", "MTR", "MTK", "MTQ", "KGM", "LTR", "MON", "LS")


@said_in("u h j m m² m³ kg l mois forfait", "pc h day m m² m³ kg l month lump sum")
def test_units(spoken, expected):
    assert " ".join(language.unit_label(code) for code in UNITS) == expected


@said_in(
    ["forfait", "forfait", "forfait", "forfaits", "forfaits"],
    ["lump sums", "lump sum", "lump sums", "lump sums", "lump sums"],
)
def test_a_unit_agrees_with_its_quantity(spoken, expected):
    """One and a half is singular in French, plural in English."""
    assert [
        language.unit_label("LS", Decimal(amount)) for amount in ("0", "1.0000", "1.5", "2", "20")
    ] == expected


@said_in(["20 nov.", "1er déc.", "1er janv. 2027"], ["20 Nov", "1 Dec", "1 Jan 2027"])
def test_a_near_day_is_short_and_tells_its_year_when_it_is_another(spoken, expected):
    days = (date(2026, 11, 20), date(2026, 12, 1), date(2027, 1, 1))
    assert [language.nearday(day, date(2026, 11, 21)) for day in days] == expected


@said_in(["1\u00a0ko", "168\u00a0ko", "1,2\u00a0Mo"], ["1\u00a0kB", "168\u00a0kB", "1.2\u00a0MB"])
def test_sizes_of_files(spoken, expected):
    assert [language.filesize(size) for size in (12, 168_000, 1_240_000)] == expected


WISHES = {
    "fr-CA,en;q=0.5": "fr",
    "fr-CA": "fr",
    "FR-ca, en-US;q=0.9": "fr",
    "en-US,fr;q=0.9": "en",
    "en;q=0.5,fr;q=0.8": "fr",
    "de-DE,de;q=0.9,en;q=0.7,fr;q=0.5": "en",
    "en;q=0,de": "fr",
    "de": "fr",
    "*": "fr",
    "": "fr",
}


@pytest.mark.parametrize(("wishes", "expected"), WISHES.items())
def test_a_browsers_first_wish_decides_whatever_its_country(app, wishes, expected):
    with app.test_request_context(headers={"Accept-Language": wishes}):
        assert language.chosen_language() == expected


def test_french_is_spoken_without_any_compiled_file(tmp_path):
    """An installation that forgot to compile, or did so before its last update, made papers in English for good."""
    source = tmp_path / "fr" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "Quote"\nmsgstr "Devis"\n')
    (source.parent / "messages.mo").write_bytes(b"stale")
    assert language.Texts(tmp_path)._texts["fr"].gettext("Quote") == "Devis"


@pytest.mark.parametrize("content", [None, "<<<<<<< HEAD\n"])
def test_nothing_starts_without_french(tmp_path, content):
    source = tmp_path / "fr" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    if content is not None:
        source.write_text(content)
    with pytest.raises((OSError, PoFileError)):
        language.Texts(tmp_path)
