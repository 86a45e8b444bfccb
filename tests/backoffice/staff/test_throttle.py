from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice.db import db
from backoffice.staff import throttle
from backoffice.staff.models import FailureCounter
from backoffice.staff.throttle import PER_ACCOUNT, PER_ADDRESS, Guard, guard, network_of, sign_in_guards
from backoffice.work import unit_of_work

KEY = "the key of these tests"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def fail(one: Guard, at: datetime, times: int = 1) -> int:
    failures = 0
    for _ in range(times):
        with unit_of_work() as session:
            failures = one.count_failure(session, at=at)
    return failures


def blocked(one: Guard, at: datetime) -> datetime | None:
    return one.blocked_until(db.session(), at=at)


@pytest.fixture
def account(app: Flask):
    with app.app_context():
        yield guard(PER_ACCOUNT, "claire@atelier.example", key=KEY)


@pytest.mark.parametrize(
    ("failures", "asked_after", "wait"),
    [
        (0, 0 * MINUTE, None),
        (4, 0 * MINUTE, None),
        (5, 0 * MINUTE, 15 * MINUTE),
        (5, 14 * MINUTE, MINUTE),
        (5, 15 * MINUTE, None),
        (9, 3 * MINUTE, 12 * MINUTE),
    ],
)
def test_five_failures_close_an_account_until_its_window_is_over(account, failures, asked_after, wait):
    fail(account, NOON, failures)
    until = blocked(account, NOON + asked_after)
    assert (until and until - (NOON + asked_after)) == wait


def test_a_failure_after_the_window_begins_a_new_count(account):
    fail(account, NOON, 5)
    assert fail(account, NOON + 15 * MINUTE) == 1
    assert blocked(account, NOON + 16 * MINUTE) is None


def test_failures_within_the_window_do_not_prolong_it(account):
    fail(account, NOON, 5)
    fail(account, NOON + 14 * MINUTE)
    assert blocked(account, NOON + 14 * MINUTE) == NOON + 15 * MINUTE


def test_success_forgets_the_account_but_not_the_address(app):
    with app.app_context():
        account, address = sign_in_guards("claire@atelier.example", "203.0.113.5", key=KEY)
        fail(account, NOON, 4)
        fail(address, NOON, 30)
        with unit_of_work() as session:
            account.forget(session)
        assert fail(account, NOON) == 1
        assert blocked(address, NOON) == NOON + 15 * MINUTE


def test_counters_do_not_mix_accounts_nor_purposes(account):
    fail(account, NOON, 5)
    assert blocked(guard(PER_ACCOUNT, "paul@atelier.example", key=KEY), NOON) is None
    assert blocked(guard(PER_ADDRESS, "claire@atelier.example", key=KEY), NOON) is None


def test_the_table_names_nobody(account):
    fail(account, NOON)
    assert all(
        "claire" not in str(subject) for subject in db.session.scalars(sa.select(FailureCounter.subject))
    )
    other_key = guard(PER_ACCOUNT, "claire@atelier.example", key="another key")
    assert other_key.subject != account.subject


def test_the_longest_wait_of_several_counters_counts(app):
    with app.app_context():
        guards = sign_in_guards("claire@atelier.example", "203.0.113.5", key=KEY)
        fail(guards[1], NOON, 30)
        fail(guards[0], NOON + MINUTE, 5)
        assert throttle.blocked_until(db.session(), guards, at=NOON + 2 * MINUTE) == NOON + 16 * MINUTE


def test_racing_failures_all_count(app, account):
    def one_failure(_number: int) -> int:
        with app.app_context():
            return fail(account, NOON)

    with ThreadPoolExecutor(max_workers=8) as racers:
        counts = sorted(racers.map(one_failure, range(24)))
    assert counts == list(range(1, 25))


def test_old_counters_are_swept(account):
    fail(account, NOON)
    with unit_of_work() as session:
        throttle.forget_old(session, at=NOON + timedelta(days=2))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FailureCounter)) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.5", "203.0.113.5", True),
        ("203.0.113.5", "203.0.113.6", False),
        ("203.0.113.5", "::ffff:203.0.113.5", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("a name", "a name", True),
    ],
)
def test_an_address_stands_for_what_one_sender_controls(one, other, same):
    assert (network_of(one) == network_of(other)) is same
