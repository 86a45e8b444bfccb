"""How numbers are written may change; that none comes twice and none is left out may not."""

from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.db import db
from backoffice.errors import StaleRevision
from backoffice.numbering.formats import (
    Format,
    NotAPrefix,
    NumberWouldComeAgain,
    PrefixOfAnother,
    PrefixTaken,
    SeriesBegun,
    WrongFormat,
    YearNeeded,
    change_formats,
    counters,
    next_of,
    revision_of,
)
from backoffice.numbering.models import Counter, Series, YearForm
from backoffice.numbering.taking import take_number
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import a_member, a_seller, a_sent_quote
from tests.reader import Page

TODAY = date(2026, 11, 22)


def stored() -> dict[Series, Counter]:
    db.session.remove()
    return {row.series: row for row in counters(db.session())}


def form_of(row: Counter, **changes: object) -> Format:
    kept = {"prefix": row.prefix, "year_form": row.year_form, "digits": row.digits, "yearly": row.yearly}
    return Format(**(kept | changes))  # type: ignore[arg-type]


def change(series: Series, on: date = TODAY, **changes: object) -> None:
    rows = stored()
    wanted = {each: form_of(row, **(changes if each is series else {})) for each, row in rows.items()}
    revision = revision_of(list(rows.values()))
    with unit_of_work() as session:
        change_formats(session, wanted, revision=revision, today=on)


def refusal_of(series: Series, **changes: object) -> type:
    with pytest.raises(WrongFormat) as wrong:
        change(series, **changes)
    (kind,) = {type(refusal) for refusal in wrong.value.refusals.values()}
    return kind


def take(series: Series = Series.INVOICE, on: date = TODAY) -> str:
    with unit_of_work() as session:
        return take_number(session, series, lambda: on)[0]


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"prefix": "FAC"}, "FAC-2026-0001"),
        ({"year_form": YearForm.JOINED, "digits": 3}, "F2026-001"),
        ({"year_form": YearForm.NONE, "yearly": False}, "F-0001"),
        ({"digits": 8}, "F-2026-00000001"),
        ({"start": 418}, "F-2026-0418"),
    ],
)
def test_the_next_number_is_written_as_chosen(app, changes, number):
    change(Series.INVOICE, **changes)
    assert next_of(stored()[Series.INVOICE], TODAY) == number
    assert take() == number


def test_the_sequence_goes_on_through_a_change(app):
    assert [take(), take()] == ["F-2026-0001", "F-2026-0002"]
    change(Series.INVOICE, prefix="FA", digits=5)
    assert [take(), take()] == ["FA-2026-00003", "FA-2026-00004"]
    assert take(on=date(2027, 1, 2)) == "FA-2027-00001"


def test_a_series_that_never_begins_anew_goes_on_over_the_years(app):
    change(Series.INVOICE, yearly=False)
    assert [take(), take(on=date(2027, 1, 2))] == ["F-2026-0001", "F-2027-0002"]


def test_what_would_make_a_number_come_twice_is_refused(app):
    assert refusal_of(Series.INVOICE, prefix="D") is PrefixOfAnother
    assert refusal_of(Series.INVOICE, year_form=YearForm.NONE) is YearNeeded
    for prefix in ("", "F1", "É", "F-", "ABCDEFG", "f"):
        assert refusal_of(Series.INVOICE, prefix=prefix) is NotAPrefix
    take()
    assert refusal_of(Series.INVOICE, start=1) is SeriesBegun
    change(Series.INVOICE, year_form=YearForm.NONE, yearly=False)
    assert take() == "F-0002"
    change(Series.INVOICE, year_form=YearForm.APART, yearly=True)
    assert take(on=date(2027, 1, 2)) == "F-2027-0001"
    assert refusal_of(Series.INVOICE, year_form=YearForm.NONE, yearly=False) is NumberWouldComeAgain


def test_letters_that_documents_of_another_kind_bear_are_not_given_away(app):
    a_sent_quote()
    change(Series.QUOTE, prefix="Q")
    assert refusal_of(Series.ORDER, prefix="D") is PrefixTaken
    change(Series.QUOTE, prefix="D")  # its own letters are its own


def test_two_series_may_swap_their_letters_before_any_is_given(app):
    rows = stored()
    wanted = {series: form_of(row) for series, row in rows.items()}
    wanted[Series.QUOTE], wanted[Series.ORDER] = wanted[Series.ORDER], wanted[Series.QUOTE]
    revision = revision_of(list(rows.values()))
    with unit_of_work() as session:
        change_formats(session, wanted, revision=revision, today=TODAY)
    assert (take(Series.QUOTE), take(Series.ORDER)) == ("C-2026-0001", "D-2026-0001")


def test_a_number_taken_meanwhile_is_no_conflict_and_a_changed_format_is(app):
    rows = list(stored().values())
    wanted, revision = {row.series: form_of(row, digits=6) for row in rows}, revision_of(rows)
    take()
    with unit_of_work() as session:
        change_formats(session, wanted, revision=revision, today=TODAY)
    assert take() == "F-2026-000002"
    with pytest.raises(StaleRevision), unit_of_work() as session:
        change_formats(session, wanted, revision=revision, today=TODAY)


ACTS = st.one_of(
    st.tuples(st.just("take"), st.sampled_from(Series), st.sampled_from([0, 0, 0, 1])),
    st.tuples(
        st.just("change"),
        st.sampled_from(Series),
        st.fixed_dictionaries(
            {
                "prefix": st.sampled_from(["D", "F", "FA", "C"]),
                "year_form": st.sampled_from(YearForm),
                "digits": st.integers(1, 8),
                "yearly": st.booleans(),
                "start": st.sampled_from([None, None, 1, 7]),
            }
        ),
    ),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=14))
@pytest.mark.parametrize("database", ["sqlite"])
def test_whatever_is_changed_no_number_is_ever_given_twice(app, acts):
    db.session.remove()
    with db.engine.begin() as connection:  # every example begins as the migrations leave it
        connection.exec_driver_sql("UPDATE counters SET prefix = series")
        connection.exec_driver_sql(
            "UPDATE counters SET year = 2026, last = 0, last_on = NULL, year_form = 'apart', digits = 4, yearly = true,"
            " last_without_year = 0, prefix = CASE series WHEN 'quote' THEN 'D' WHEN 'order' THEN 'C' WHEN 'invoice' THEN 'F' WHEN 'credit_note' THEN 'A'"
            " ELSE upper(substr(series, 1, 6)) END"
        )
    given_out: list[str] = []
    year = 2026
    for act, series, what in acts:
        if act == "take":
            year += what
            number = take(series, date(year, 5, 1))
            assert number not in given_out, (acts, given_out)
            given_out.append(number)
            continue
        try:
            change(series, on=date(year, 5, 1), **what)
        except WrongFormat:
            continue


def test_the_page_shows_tells_and_keeps(app, signed_in):
    a_seller()
    admin = signed_in(a_member(Role.ADMIN, language="en"))
    answer = admin.submit(
        "/settings/numbering", {"invoice_prefix": "d", "invoice_digits": "6"}, "/settings/numbering"
    )
    assert answer.status_code == 422
    assert "Another series begins with the same letters" in answer.text
    assert Page(answer.text).form("numbering")["fields"]["invoice_prefix"] == "d"
    assert (
        admin.submit(
            "/settings/numbering", {"invoice_prefix": "fa", "invoice_start": "12"}, "/settings/numbering"
        ).status_code
        == 303
    )
    assert "FA-2026-0012" in admin.page("/settings/numbering").text
    assert take() == "FA-2026-0012"
    fields = admin.page("/settings/numbering").form("numbering")["fields"]
    assert "invoice_start" not in fields
    assert "quote_start" in fields


def test_the_database_keeps_prefixes_apart(app):
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE counters SET prefix = 'X'")
