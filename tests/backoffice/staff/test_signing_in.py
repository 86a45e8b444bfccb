"""The sign-in form: who it lets in, and what it says to the others."""

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.staff.models import StaffMember
from backoffice.work import unit_of_work
from tests.factories import PASSWORD
from tests.signing import EMAIL, csrf_token, is_in, sign_in

WRONG = "E-mail or password not right."


def test_the_right_password_opens_the_home_page(client, claire):
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(client)


@pytest.mark.parametrize("email", ["  Claire@ATELIER-Duval.example ", EMAIL.upper()])
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
    form = {"email": EMAIL, "password": PASSWORD, "csrf_token": csrf_token(answer.text)}
    assert client.post("/sign-in", data=form).status_code == 303


def test_the_page_before_sign_in_speaks_the_browsers_language(client, claire):
    assert 'lang="en"' in client.get("/sign-in").text
    assert 'lang="fr"' in client.get("/sign-in", headers={"Accept-Language": "de"}).text
    assert 'lang="fr"' in client.get("/sign-in", headers={"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.8"}).text
    french = client.get("/sign-in", headers={"Accept-Language": ""}).text
    assert 'lang="fr"' in french


def test_the_fields_tell_password_managers_what_they_are(client, claire):
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


@pytest.mark.parametrize(
    ("onward", "location"), [("/quotes/7?page=2", "/quotes/7?page=2"), ("//evil.example", "/")]
)
def test_sign_in_leads_back_to_the_page_asked_for_and_nowhere_else(client, claire, onward, location):
    assert sign_in(client, onward=onward).location == location
    assert client.get("/sign-in", query_string={"next": onward}).location == location
