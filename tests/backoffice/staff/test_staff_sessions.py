"""Sessions: what begins them, what ends them, and the cookie that names them."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.staff import sessions
from backoffice.staff.models import StaffMember, StaffSession
from backoffice.work import unit_of_work
from tests.factories import PASSWORD
from tests.reader import Page
from tests.signing import EMAIL, csrf_token, is_in, sign_in


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
    form["csrf_token"] = csrf_token(stranger.get("/sign-in").text)
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
    answer = client.post("/sign-out", data={"csrf_token": csrf_token(refused.text)})
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
    client.post("/sign-out", data={"csrf_token": csrf_token(page.text)})
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
    form = Page(client.get("/sign-in", base_url="https://quotes.example.com").text).form()
    typed = form["fields"] | {"email": EMAIL, "password": PASSWORD}
    answer = client.post("/sign-in", data=typed, base_url="https://quotes.example.com")
    assert answer.status_code == 303
    assert "Secure" in answer.headers["Set-Cookie"]
    assert is_in(client, base_url="https://quotes.example.com")


def test_a_signed_in_request_sets_no_cookie_again(client, claire):
    sign_in(client)
    assert "Set-Cookie" not in client.get("/sign-in").headers


def test_the_session_remembers_the_browser_but_not_endlessly(app, client, claire):
    sign_in(client, headers={"User-Agent": "Browser " * 100})
    with app.app_context():
        assert len(db.session.scalars(sa.select(StaffSession.user_agent)).one()) == 400


def test_a_page_behind_the_guard_speaks_the_persons_language(app, client, claire):
    sign_in(client)
    refused = client.post("/sign-out", headers={"Accept-Language": "fr"})
    assert 'lang="en"' in refused.text
