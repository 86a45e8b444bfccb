from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from backoffice import clock
from backoffice.db import Amount, Bilingual, Percent, Quantity, UnitPrice, UTCDateTime, db, scaled, unscaled

PLACES = {Amount: 2, UnitPrice: 6, Quantity: 4, Percent: 2}


@given(st.integers(-(10**15), 10**15), st.integers(0, 6))
def test_a_scaled_integer_comes_back_as_it_went(value, places):
    assert scaled(unscaled(value, places), places) == value


@pytest.mark.parametrize("value", [1, 1.5, "1", None, Decimal("NaN"), Decimal("Infinity"), True])
def test_only_exact_decimals_are_stored(value):
    with pytest.raises(TypeError):
        scaled(value, 2)


@pytest.mark.parametrize("kind", PLACES)
def test_digits_that_would_be_lost_are_refused(kind):
    smallest = Decimal(1).scaleb(-PLACES[kind])
    assert kind().process_bind_param(smallest, None) == 1
    with pytest.raises(ValueError, match="round it first"):
        kind().process_bind_param(smallest / 10, None)


def test_moments_come_back_aware_in_utc_from_both_databases(app):
    table = sa.Table("moments", sa.MetaData(), sa.Column("at", UTCDateTime))
    summer = datetime(2026, 7, 1, 14, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with db.engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert().values(at=summer))
        back = connection.execute(sa.select(table.c.at)).scalar_one()
        table.drop(connection)
    assert (back, back.tzinfo) == (summer, UTC)


def test_a_naive_moment_is_refused(app):
    with pytest.raises(ValueError, match="naive"):
        UTCDateTime().process_bind_param(datetime(2026, 7, 1), db.engine.dialect)  # noqa: DTZ001 - that is the point


def test_a_text_missing_in_one_language_is_read_in_the_other():
    assert [Bilingual("oui", "").text(language) for language in ("fr", "en")] == ["oui", "oui"]
    assert [Bilingual("", "yes").text(language) for language in ("fr", "en")] == ["yes", "yes"]
    assert [Bilingual("oui", "yes").text(language) for language in ("fr", "en")] == ["oui", "yes"]


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 12, 31), datetime(2026, 12, 31, 23, tzinfo=UTC)),
        (date(2026, 7, 14), datetime(2026, 7, 14, 22, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),  # 23 hours long
        (date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),  # 25 hours long
    ],
)
def test_a_day_ends_when_the_next_begins_where_the_seller_is(day, end):
    assert clock.end_of(day, "Europe/Paris") == end
    assert clock.day_of(end - timedelta(microseconds=1), "Europe/Paris") == day
