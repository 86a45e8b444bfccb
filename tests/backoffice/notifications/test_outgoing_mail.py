"""*Outgoing mail* shows each mail as it arrives, to those who see its deal and to nobody else."""

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.delivery import MOST_ATTEMPTS, deliver_mail
from backoffice.notifications.models import MailState, OutgoingMail
from backoffice.notifications.queries import PAGE
from backoffice.outbox import pause_after
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import a_member, a_sent_quote, address_of, an_opportunity
from tests.reader import Page, PageReader

SignIn = Callable[[int], PageReader]


@pytest.fixture
def rep(app: Flask) -> int:
    return a_member(Role.REP)


@pytest.fixture
def sent(rep: int):
    """The link of a quote sent by ``rep``, whose invitation is owed."""
    return a_sent_quote(an_opportunity(owner=rep))[1]


def the_mail() -> OutgoingMail:
    with unit_of_work() as session:
        return session.scalars(sa.select(OutgoingMail)).one()


def test_without_a_mail_server_a_rep_opens_the_clients_link_from_the_shown_mail(
    signed_in: SignIn, rep: int, sent
):
    mail = the_mail()
    deliver_mail(mail.id, clock.now())
    reader = signed_in(rep)
    listing = reader.page("/mail")
    assert f"/mail/{mail.id}" in listing.links
    page = reader.page(f"/mail/{mail.id}")
    assert any(link.endswith(address_of(sent)) for link in page.links)
    assert "claire.moreau@example.com" in page.text


def test_the_body_comes_apart_with_a_policy_that_accepts_its_own_style_only(
    signed_in: SignIn, rep: int, sent
):
    response = signed_in(rep).get(f"/mail/{the_mail().id}/html")
    policy = response.headers["Content-Security-Policy"]
    (style,) = re.findall("<style>(.*?)</style>", response.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "frame-ancestors 'self'" in policy
    assert "allow-scripts" not in policy
    assert address_of(sent) in response.text
    assert "style=" not in response.text
    assert "X-Frame-Options" not in response.headers
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("role", "sees"), [(Role.MANAGER, True), (Role.ADMIN, True), (Role.REP, False), (Role.ACCOUNTANT, False)]
)
def test_others_see_the_mail_when_they_see_its_deal(
    app: Flask, signed_in: SignIn, sent, role: Role, *, sees: bool
):
    reader = signed_in(a_member(role, email="other@atelier-duval.example"))
    mail_id = the_mail().id
    for path in (f"/mail/{mail_id}", f"/mail/{mail_id}/html"):
        assert reader.get(path).status_code == (200 if sees else 404)
    listing = reader.get("/mail")
    assert (f"/mail/{mail_id}" in listing.text) is sees
    assert listing.status_code == (404 if role is Role.ACCOUNTANT else 200)


def test_a_mail_without_a_deal_never_shows(signed_in: SignIn, sent):
    mail = the_mail()
    with unit_of_work() as session:
        session.get_one(OutgoingMail, mail.id).opportunity_id = None
    reader = signed_in(a_member(Role.ADMIN))
    assert reader.get(f"/mail/{mail.id}").status_code == 404
    assert f"/mail/{mail.id}" not in reader.get("/mail").text


def test_a_failed_mail_says_why_and_is_sent_again(app: Flask, signed_in: SignIn, rep: int, sent):
    mail = the_mail()
    with unit_of_work() as session:
        row = session.get_one(OutgoingMail, mail.id)
        row.state, row.attempts, row.last_error = MailState.FAILED, 20, "550 no such person"
    reader = signed_in(rep)
    assert "550 no such person" in reader.page(f"/mail/{mail.id}").text
    response = reader.submit(f"/mail/{mail.id}", {}, "send-again")
    assert response.status_code == 303
    assert (the_mail().state, the_mail().attempts, the_mail().last_error) == (MailState.QUEUED, 0, "")


def test_a_mail_put_off_says_how_long_it_is_tried_and_what_then(app: Flask, signed_in: SignIn, sent):
    mail = the_mail()
    with unit_of_work() as session:
        session.get_one(OutgoingMail, mail.id).last_error = "later: 451 try again"
    pauses = sum((pause_after(attempts) for attempts in range(1, MOST_ATTEMPTS)), timedelta())
    hours = {10: "ten", 11: "eleven", 12: "twelve"}[round(pauses / timedelta(hours=1))]
    manager = a_member(Role.MANAGER, language="en", email="english@atelier-duval.example")
    text = signed_in(manager).page(f"/mail/{mail.id}").text
    assert f"Accord keeps trying for about {hours} hours. After that you can send it again here." in text


def test_sending_again_wants_the_token_and_a_mail_that_failed(signed_in: SignIn, rep: int, sent):
    mail = the_mail()
    reader = signed_in(rep)
    assert reader.post(f"/mail/{mail.id}/send-again").status_code == 422
    with unit_of_work() as session:
        session.get_one(OutgoingMail, mail.id).state = MailState.FAILED
    form = reader.page(f"/mail/{mail.id}").form("send-again")
    with unit_of_work() as session:
        session.get_one(OutgoingMail, mail.id).state = MailState.SENT
    assert reader.post(form["action"], data=form["fields"]).status_code == 409
    assert the_mail().state is MailState.SENT


def test_a_long_list_goes_on_with_older_mails(signed_in: SignIn, rep: int, sent):
    first = the_mail()
    copied = {
        column.key: getattr(first, column.key)
        for column in sa.inspect(OutgoingMail).columns
        if column.key != "id"
    }
    with unit_of_work() as session:
        session.add_all(
            OutgoingMail(**{**copied, "cause": f"test:{n}", "message_id": f"<{n}@x.example>"})
            for n in range(PAGE)
        )
    reader = signed_in(rep)
    newest = reader.page("/mail")
    assert f"/mail/{first.id}" not in newest.links
    (older,) = [link for link in newest.links if "before=" in link]
    assert f"/mail/{first.id}" in Page(reader.get(older).text).links
