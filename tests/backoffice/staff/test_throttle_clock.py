"""A counter that a clock began which was ahead blocks nobody once the clock is right; racing requests still all count."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice.db import db
from backoffice.staff import throttle
from backoffice.staff.models import FailureCounter
from backoffice.staff.throttle import PER_ACCOUNT, Guard, guard
from backoffice.work import unit_of_work

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def account(app: Flask) -> Guard:
    return guard(PER_ACCOUNT, "claire@atelier.example", key="the key of these tests")


def fail(one: Guard, at: datetime, times: int = 1) -> int:
    failures = 0
    for _ in range(times):
        with unit_of_work() as session:
            failures = one.count_failure(session, at=at)
    return failures


@pytest.mark.parametrize("ahead", [timedelta(minutes=2), timedelta(hours=3), timedelta(days=700)])
def test_a_counter_of_the_future_is_over(account: Guard, ahead: timedelta):
    fail(account, NOON + ahead, 5)
    assert account.blocked_until(db.session(), at=NOON) is None
    assert fail(account, NOON) == 1
    assert fail(account, NOON, 4) == 5
    assert account.blocked_until(db.session(), at=NOON) == NOON + PER_ACCOUNT.window


def test_a_request_counted_after_one_that_came_later_starts_nothing_anew(account: Guard):
    """Between the moment of a request and its counting lies the hashing of a password; clocks of machines differ too."""
    fail(account, NOON + 20 * SECOND, 4)
    assert fail(account, NOON) == 5
    assert account.blocked_until(db.session(), at=NOON) == NOON + 20 * SECOND + PER_ACCOUNT.window


@pytest.mark.parametrize(("ahead", "left"), [(timedelta(hours=3), 0), (20 * SECOND, 1)])
def test_a_counter_of_the_future_is_swept(account: Guard, ahead: timedelta, left: int):
    fail(account, NOON + ahead)
    with unit_of_work() as session:
        throttle.forget_old(session, at=NOON)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FailureCounter)) == left
