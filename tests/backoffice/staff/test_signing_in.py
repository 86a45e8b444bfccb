import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from backoffice import clock
from backoffice.db import db
from backoffice.errors import Refusal
from backoffice.staff import accounts, security, sessions, signing_in, throttle
from backoffice.staff.models import FailureCounter, Role, StaffMember, StaffSession
from backoffice.staff.security import hashed
from backoffice.work import unit_of_work
from tests.reader import PageReader

EMAIL, PASSWORD = "claire@atelier.example", "a long enough secret"
WRONG = "E-mail or password not right."
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def claire(app: Flask) -> int:
    with app.app_context():
        return accounts.add(
            email=EMAIL,
            name="Claire Duval",
            role=Role.REP,
            language="en",
            password=hashed(PASSWORD),
            at=clock.now(),
        ).id


@pytest.fixture
def client(client: PageReader) -> PageReader:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def token_of(page: str) -> str:
    found = TOKEN.search(page)
    assert found is not None
    return found.group(1)


def sign_in(
    client: FlaskClient, email: str = EMAIL, password: str = PASSWORD, onward: str | None = None, **options
):
    query = {"next": onward} if onward is not None else {}
    page = client.get("/sign-in", query_string=query, **options)
    form = {"email": email, "password": password, "csrf_token": token_of(page.text)}
    return client.post("/sign-in", query_string=query, data=form, **options)


def is_in(client: FlaskClient, **options) -> bool:
    return client.get("/sign-in", **options).status_code == 303


def counters() -> list[int]:
    return sorted(db.session.scalars(sa.select(FailureCounter.failures)))


def test_the_right_password_opens_the_home_page(client, claire):
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(client)


@pytest.mark.parametrize("email", ["  Claire@ATELIER.example ", EMAIL.upper()])
def test_the_address_is_compared_in_its_normal_spelling(client, claire, email):
    assert sign_in(client, email=email).status_code == 303


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "a long enough guess"),
        ("nobody@atelier.example", PASSWORD),
        ("not an address", PASSWORD),
        (EMAIL, "x" * 5000),
        (EMAIL, "a\0b"),
        ("a\0b@atelier.example", PASSWORD),
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(client, claire, email, password):
    answer = sign_in(client, email=email, password=password)
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert password not in answer.text
    assert not is_in(client)


def test_a_refused_attempt_keeps_the_address_but_not_the_password(client, claire):
    answer = sign_in(client, password="a long enough guess")
    assert f'value="{EMAIL}"' in answer.text
    assert "a long enough guess" not in answer.text


@pytest.mark.parametrize("closing", [{"active": False}, {"archived_at": clock.now()}])
def test_a_closed_account_is_refused_like_an_unknown_one(app, client, claire, closing):
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.update(StaffMember).values(**closing))
    answer = sign_in(client)
    assert answer.status_code == 422
    assert WRONG in answer.text


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


def test_json_takes_no_way_around(app, client, claire):
    answer = client.post("/sign-in", json={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 422
    assert not is_in(client, headers={"Authentication-Token": "anything"})
    assert not [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("security.")]


def test_a_page_open_too_long_comes_back_with_the_address_and_a_fresh_token(client, claire):
    client.get("/sign-in")
    answer = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": "stale"})
    assert answer.status_code == 422
    assert "This page was open for too long." in answer.text
    assert "CSRF" not in answer.text
    assert f'value="{EMAIL}"' in answer.text
    form = {"email": EMAIL, "password": PASSWORD, "csrf_token": token_of(answer.text)}
    assert client.post("/sign-in", data=form).status_code == 303


def test_a_session_planted_before_sign_in_is_not_carried_on(client, claire):
    with client.session_transaction() as planted:
        planted["planted"] = "yes"
    sign_in(client)
    with client.session_transaction() as signed_in:
        assert "planted" not in signed_in


def test_signing_in_again_ends_the_session_before(app, client, claire):
    sign_in(client)
    form = {"email": EMAIL, "password": PASSWORD}
    with client.session_transaction() as before:
        first = before["staff_session"]
    page = client.get("/sign-in")
    assert page.status_code == 303
    stranger = app.test_client()
    form["csrf_token"] = token_of(stranger.get("/sign-in").text)
    with client.session_transaction() as session, stranger.session_transaction() as other:
        session["csrf_token"] = other["csrf_token"]
    assert client.post("/sign-in", data=form).status_code == 303
    with client.session_transaction() as after:
        assert after["staff_session"] != first
    with app.app_context():
        assert (
            len(db.session.scalars(sa.select(StaffSession).where(StaffSession.ended_at.is_(None))).all()) == 1
        )


def test_a_session_ended_elsewhere_stops_the_next_request(app, client, claire):
    sign_in(client)
    with app.app_context(), unit_of_work() as session:
        sessions.end_sessions(session, claire, at=clock.now())
    assert not is_in(client)


@pytest.mark.parametrize(
    "change",
    [
        sa.update(StaffMember).values(active=False),
        sa.update(StaffMember).values(archived_at=clock.now()),
        sa.update(StaffMember).values(fs_uniquifier="another"),
        sa.update(StaffSession).values(created_at=clock.now() - timedelta(days=14)),
        sa.update(StaffSession).values(ended_at=clock.now()),
    ],
    ids=["inactive", "archived", "account key changed", "fourteen days old", "ended"],
)
def test_a_session_lasts_no_longer_than_what_it_stands_for(app, client, claire, change):
    sign_in(client)
    with app.app_context(), unit_of_work() as session:
        session.execute(change)
    assert not is_in(client)


def test_ending_the_others_keeps_the_own_session(app, client, claire):
    sign_in(client)
    elsewhere = app.test_client()
    sign_in(elsewhere)
    with client.session_transaction() as own:
        kept = own["staff_session"]
    with app.app_context(), unit_of_work() as session:
        sessions.end_sessions(session, claire, at=clock.now(), but=uuid.UUID(kept))
    assert is_in(client)
    assert not is_in(elsewhere)


def test_signing_out_needs_a_post_with_its_token(app, client, claire):
    sign_in(client)
    assert client.get("/sign-out").status_code == 405
    refused = client.post("/sign-out")
    assert refused.status_code == 422
    assert is_in(client)
    answer = client.post("/sign-out", data={"csrf_token": token_of(refused.text)})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    page = client.get("/sign-in")
    assert page.status_code == 200
    assert "You are signed out." in page.text
    with app.app_context():
        assert db.session.scalars(sa.select(StaffSession.ended_at)).one() is not None


def test_a_kept_cookie_is_worth_nothing_after_signing_out(app, client, claire):
    sign_in(client)
    kept = client.get_cookie("accord")
    assert kept is not None
    page = client.post("/sign-out")
    client.post("/sign-out", data={"csrf_token": token_of(page.text)})
    thief = app.test_client()
    thief.set_cookie("accord", kept.value)
    assert not is_in(thief)


def test_signing_out_twice_leads_to_sign_in(client):
    assert client.post("/sign-out").location == "/sign-in"


def test_the_cookie_stays_out_of_scripts_and_other_sites(client, claire):
    cookie = sign_in(client).headers["Set-Cookie"]
    assert cookie.startswith("accord=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_under_https_the_form_works_and_the_cookie_is_secure(another_app, claire):
    client = another_app(public_url="https://quotes.example.com").test_client()
    answer = sign_in(client, base_url="https://quotes.example.com")
    assert answer.status_code == 303
    assert "Secure" in answer.headers["Set-Cookie"]
    assert is_in(client, base_url="https://quotes.example.com")


def test_a_signed_in_request_sets_no_cookie_again(client, claire):
    sign_in(client)
    assert "Set-Cookie" not in client.get("/sign-in").headers


def test_the_page_before_sign_in_speaks_the_browsers_language(client):
    assert 'lang="en"' in client.get("/sign-in").text
    assert 'lang="fr"' in client.get("/sign-in", headers={"Accept-Language": "de"}).text
    assert 'lang="fr"' in client.get("/sign-in", headers={"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.8"}).text
    french = client.get("/sign-in", headers={"Accept-Language": ""}).text
    assert 'lang="fr"' in french


def test_the_fields_tell_password_managers_what_they_are(client):
    page = client.get("/sign-in").text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


def test_a_hash_of_lower_cost_is_made_anew_at_sign_in(app, client, claire):
    with app.app_context():
        context = app.extensions["security"].pwd_context
        weaker = context.handler("argon2").using(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
        with unit_of_work() as session:
            session.execute(sa.update(StaffMember).values(password=weaker))
    assert sign_in(client).status_code == 303
    with app.app_context():
        stored = db.session.scalars(sa.select(StaffMember.password)).one()
    assert "m=32" in stored
    assert sign_in(app.test_client()).status_code == 303


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


def test_the_session_remembers_the_browser_but_not_endlessly(app, client, claire):
    sign_in(client, headers={"User-Agent": "Browser " * 100})
    with app.app_context():
        assert len(db.session.scalars(sa.select(StaffSession.user_agent)).one()) == 400


@pytest.mark.parametrize(
    ("onward", "location"), [("/quotes/7?page=2", "/quotes/7?page=2"), ("//evil.example", "/")]
)
def test_sign_in_leads_back_to_the_page_asked_for_and_nowhere_else(client, claire, onward, location):
    assert sign_in(client, onward=onward).location == location
    assert client.get("/sign-in", query_string={"next": onward}).location == location


def test_a_page_behind_the_guard_speaks_the_persons_language(app, client, claire):
    sign_in(client)
    refused = client.post("/sign-out", headers={"Accept-Language": "fr"})
    assert 'lang="en"' in refused.text
