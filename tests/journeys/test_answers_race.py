"""A client signs while another refuses or asks, while the rep withdraws or sends anew, while the sweep comes by: over real HTTP.

At most one wins, and whoever loses gets a page that says so.
"""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.answers.answering import record_expiry, withdraw_quote
from backoffice.answers.models import ChangeRequest, Refusal, Withdrawal
from backoffice.db import db
from backoffice.errors import Conflict
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.signatures.models import Signature
from backoffice.work import unit_of_work
from tests.factories import a_further_link, a_sent_quote, address_of, another_recipient, signed, somebody
from tests.journeys.crowd import Answer, at_once, count, meeting_before_the_lock
from tests.reader import Page

pytestmark = pytest.mark.slow


@pytest.fixture(params=["postgresql"])
def database(request):
    return request.param


def states() -> list[VersionState]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(QuoteVersion.state).order_by(QuoteVersion.number)))


def pressing(site, link, act: str, **typed: str):
    """Opens the page of an act and fills it; called, it presses the button."""
    path = f"{address_of(link, 'en')}/{act}"
    form = Page(site.ask("GET", path).text).form(f"/{act}")
    fields = form["fields"] | {"text": "My own words"} | typed
    return lambda: site.ask("POST", form["action"], fields)


@pytest.mark.parametrize("attempt", range(4))
def test_signing_against_refusing_has_exactly_one_winner(site, attempt):
    quote, link = a_sent_quote()
    (colleague,) = another_recipient(quote, link, 1)
    acts = [site.filled_form(link, "en"), pressing(site, colleague, "refuse", reason="1")]
    with meeting_before_the_lock(2):
        signing, refusing = at_once(acts if attempt % 2 else acts[::-1])[:: 1 if attempt % 2 else -1]
    assert sorted([signing.status, refusing.status]) == [303, 409]
    assert (count(Signature), count(Refusal)) == ((1, 0) if signing.status == 303 else (0, 1))
    assert states() == [VersionState.SIGNED if signing.status == 303 else VersionState.REFUSED]
    if refusing.status == 409:
        assert "My own words" in refusing.text


def test_two_clicks_on_the_same_request_ask_once(site):
    _, link = a_sent_quote()
    press = pressing(site, link, "changes")
    with meeting_before_the_lock(2):
        answers = at_once([press, press])
    assert [answer.status for answer in answers] == [303, 303]
    assert count(ChangeRequest) == 1
    assert count(OutgoingMail, OutgoingMail.kind == MailKind.CHANGES_REQUESTED_REP) == 1


def test_two_clicks_on_the_same_refusal_refuse_once(site):
    _, link = a_sent_quote()
    press = pressing(site, link, "refuse", reason="1")
    with meeting_before_the_lock(2):
        answers = at_once([press, press])
    assert [(answer.status, answer.location.endswith("/refused")) for answer in answers] == [(303, True)] * 2
    assert count(Refusal) == 1


@pytest.mark.parametrize("attempt", range(3))
def test_a_request_against_a_new_version_is_about_one_of_them(app, site, attempt):
    quote, link = a_sent_quote()
    press = pressing(site, link, "changes")

    def send() -> Answer:
        with app.app_context():
            a_further_link(quote)
            return Answer(303, "", "")

    with meeting_before_the_lock(2):
        asking, _sending = at_once([press, send])
    assert states() == [VersionState.SUPERSEDED, VersionState.SENT]
    assert count(ChangeRequest) == (1 if asking.status == 303 else 0)
    if asking.status == 409:
        assert Page(asking.text).form("/changes")["fields"]["text"].strip() == "My own words"


@pytest.mark.parametrize("attempt", range(3))
def test_signing_against_withdrawing_has_exactly_one_winner(app, site, attempt):
    quote, link = a_sent_quote()
    press, by = site.filled_form(link), somebody()
    digest = db.session.scalars(sa.select(QuoteVersion.digest)).one()
    db.session.rollback()

    def withdraw() -> Answer:
        with app.app_context():
            try:
                with unit_of_work() as session:
                    withdraw_quote(session, quote, "", seen_as=digest, by=by, at=clock.now())
            except Conflict:
                return Answer(409, "", "")
            return Answer(303, "", "")

    with meeting_before_the_lock(2):
        signing, withdrawing = at_once([press, withdraw])
    assert sorted([signing.status, withdrawing.status]) == [303, 409]
    assert (count(Signature), count(Withdrawal)) == ((1, 0) if signing.status == 303 else (0, 1))


@pytest.mark.parametrize("attempt", range(3))
def test_the_sweep_against_a_signature_of_the_last_second(app, site, attempt):
    """Whoever takes the lock first: never both, and never neither."""
    quote, link = a_sent_quote()
    closes_at = db.session.scalars(sa.select(QuoteVersion.closes_at)).one()
    db.session.rollback()
    meet, won = threading.Barrier(2, timeout=10), []

    def sign() -> Answer:
        with app.app_context():
            meet.wait()
            try:
                with unit_of_work() as session:
                    signed(session, quote, link, closes_at - timedelta(milliseconds=1))
            except Conflict:
                return Answer(409, "", "")
            won.append("signature")
            return Answer(303, "", "")

    def sweep() -> Answer:
        with app.app_context():
            meet.wait()
            with unit_of_work() as session:
                if record_expiry(session, quote, at=closes_at + timedelta(minutes=1)):
                    won.append("expiry")
            return Answer(200, "", "")

    at_once([sign, sweep])
    assert len(won) == 1
    assert states() == [VersionState.SIGNED if won == ["signature"] else VersionState.EXPIRED]
    assert count(Signature) == (1 if won == ["signature"] else 0)
