"""Numbers follow one another without gap, and their dates never go back."""

from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale

from backoffice.numbering.models import Counter, Series
from backoffice.numbering.taking import DateWouldGoBack, take_number
from backoffice.work import unit_of_work
from tests.billing import counter


def take(series: Series, on: date) -> tuple[str, date]:
    with unit_of_work() as session:
        return take_number(session, series, lambda: on)


class Oops(Exception):
    pass


def take_and_fail(series: Series, on: date) -> None:
    with unit_of_work() as session:
        assert take_number(session, series, lambda: on)[0] == "F-2026-0002"
        raise Oops


def test_each_series_counts_by_itself(app: Flask) -> None:
    on = date(2026, 11, 20)
    taken = [
        take(series, on)[0]
        for series in (Series.QUOTE, Series.INVOICE, Series.INVOICE, Series.ORDER, Series.INVOICE)
    ]
    assert taken == ["D-2026-0001", "F-2026-0001", "F-2026-0002", "C-2026-0001", "F-2026-0003"]


def test_a_new_year_begins_at_one(app: Flask) -> None:
    days = [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 1)]
    assert [take(Series.INVOICE, day)[0] for day in days] == [
        "F-2026-0001",
        "F-2026-0002",
        "F-2027-0001",
        "F-2027-0002",
    ]


def test_the_ten_thousandth_of_a_year_has_its_digits(app: Flask) -> None:
    with unit_of_work() as session:
        session.get_one(Counter, Series.INVOICE).last = 9_999
    assert take(Series.INVOICE, date(2026, 5, 1))[0] == "F-2026-10000"


def test_what_is_rolled_back_gives_its_number_back(app: Flask) -> None:
    take(Series.INVOICE, date(2026, 11, 20))
    with pytest.raises(Oops):
        take_and_fail(Series.INVOICE, date(2026, 11, 21))
    assert counter() == (2026, 1, date(2026, 11, 20))
    assert take(Series.INVOICE, date(2026, 11, 20))[0] == "F-2026-0002"


@pytest.mark.parametrize("earlier", [date(2026, 11, 19), date(2025, 12, 31), date(2026, 1, 1)])
def test_an_invoice_never_bears_an_earlier_date_than_the_last(app: Flask, earlier: date) -> None:
    take(Series.INVOICE, date(2026, 11, 20))
    with pytest.raises(DateWouldGoBack):
        take(Series.INVOICE, earlier)
    assert counter() == (2026, 1, date(2026, 11, 20))


@pytest.mark.parametrize("series", [Series.QUOTE, Series.ORDER])
@pytest.mark.parametrize("earlier", [date(2026, 12, 31), date(2027, 1, 1)])
def test_a_client_is_never_refused_for_the_server_s_clock(app: Flask, series: Series, earlier: date) -> None:
    take(series, date(2027, 1, 2))
    number, on = take(series, earlier)
    assert number.endswith("-2027-0002")
    assert on == date(2027, 1, 2)


def test_the_day_is_asked_when_the_number_is_ours(app: Flask) -> None:
    seen: list[int] = []

    def today() -> date:
        seen.append(1)
        return date(2026, 11, 20)

    with unit_of_work() as session:
        take_number(session, Series.INVOICE, today)
    assert seen == [1]


@pytest.mark.parametrize(("language", "words"), [("fr", "21 novembre 2026"), ("en", "21 November 2026")])
def test_the_refusal_tells_the_last_date_in_the_reader_s_language(
    app: Flask, language: str, words: str
) -> None:
    refusal = DateWouldGoBack(series="invoice", last=date(2026, 11, 21), today=date(2026, 11, 20))
    with app.test_request_context(), force_locale(language):
        assert words in refusal.sentence()
