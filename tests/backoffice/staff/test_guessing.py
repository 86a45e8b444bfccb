"""Guessing passwords is slowed down, by account and by machine."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.errors import Refusal
from backoffice.staff import security, signing_in, throttle
from backoffice.staff.models import FailureCounter
from backoffice.staff.security import hashed
from backoffice.work import unit_of_work
from tests.factories import PASSWORD
from tests.signing import EMAIL, sign_in


def counters() -> list[int]:
    return sorted(db.session.scalars(sa.select(FailureCounter.failures)))


def test_empty_fields_are_named_and_count_as_no_failure(app, client, claire):
    answer = sign_in(client, email="", password="")
    assert answer.status_code == 422
    assert "Enter your e-mail address." in answer.text
    assert "Enter your password." in answer.text
    with app.app_context():
        assert counters() == []


def test_after_five_failures_even_the_right_password_has_to_wait(app, client, claire):
    for _ in range(5):
        assert sign_in(client, password="a long enough guess").status_code == 422
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "Please try again in 15 minutes." in answer.text
    assert f'value="{EMAIL}"' in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    with app.app_context():
        assert counters() == [5, 5]


def test_an_unknown_address_is_slowed_down_alike(client, claire):
    statuses = [sign_in(client, email="nobody@atelier.example").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


def test_the_wait_ends(app, client, claire):
    for _ in range(5):
        sign_in(client, password="a long enough guess")
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.update(FailureCounter).values(since=clock.now() - timedelta(minutes=15)))
    assert sign_in(client).status_code == 303


def test_one_machine_cannot_try_many_accounts(client, claire):
    statuses = [sign_in(client, email=f"person{number}@atelier.example").status_code for number in range(31)]
    assert statuses == [422] * 30 + [429]
    assert sign_in(client).status_code == 429
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    assert sign_in(client, environ_overrides=elsewhere).status_code == 303


def test_a_forwarded_address_is_not_believed_without_trusted_proxies(app, client, claire):
    for number in range(31):
        answer = sign_in(
            client,
            email=f"person{number}@atelier.example",
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )
    assert answer.status_code == 429


def test_success_forgets_the_failures_of_the_account(app, client, claire):
    for _ in range(4):
        sign_in(client, password="a long enough guess")
    assert sign_in(client).status_code == 303
    with app.app_context():
        assert counters() == [4]


def test_checking_an_unknown_address_costs_as_much_as_a_known_one(app):
    with app.app_context():
        known, nobody = hashed(PASSWORD), security._nobody().password
    assert nobody.split("$")[:4] == known.split("$")[:4]
    assert [len(part) for part in nobody.split("$")] == [len(part) for part in known.split("$")]


def test_of_guesses_made_at_the_same_time_only_five_are_answered(app, claire):
    def guess(_number: int) -> str:
        with app.app_context():
            try:
                signing_in.sign_in(
                    email=EMAIL, password="a long enough guess", guards=guards, user_agent="", at=clock.now()
                )
            except Refusal as refusal:
                return type(refusal).__name__
            return "in"

    guards = throttle.sign_in_guards(EMAIL, None, key="a key")
    with ThreadPoolExecutor(max_workers=8) as guessers:
        answers = sorted(guessers.map(guess, range(16)))
    assert answers == ["NotRight"] * 5 + ["TooManyAttempts"] * 11
