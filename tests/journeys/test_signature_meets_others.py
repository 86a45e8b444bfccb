"""Somebody signs while somebody else clicks, saves, sends or holds the lock, over real HTTP on PostgreSQL."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.errors import Conflict, StaleRevision
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.signatures.models import Signature
from backoffice.work import unit_of_work
from tests.factories import (
    a_client,
    a_further_link,
    a_member,
    a_seller,
    a_sent_quote,
    address_of,
    an_opportunity,
)
from tests.journeys.crowd import (
    Answer,
    at_once,
    count,
    meeting_before_the_lock,
)
from tests.reader import Page

pytestmark = pytest.mark.slow


@pytest.fixture(params=["postgresql"])
def database(request):
    return request.param


def test_a_double_click_ends_twice_on_the_confirmation(site):
    _, link = a_sent_quote()
    press = site.filled_form(link)
    with meeting_before_the_lock(2):
        answers = at_once([press, press])
    assert [(answer.status, answer.location.endswith("/signed")) for answer in answers] == [(303, True)] * 2
    assert site.ask("GET", answers[0].location).status == 200
    assert (
        count(Signature),
        count(Order),
        count(OutgoingMail, OutgoingMail.kind == MailKind.QUOTE_SIGNED_CLIENT),
    ) == (1, 1, 1)


def test_a_rep_who_saves_all_the_time_never_costs_a_signature(app, site):
    rounds = 20
    a_seller()
    rep = a_member()
    buyer = a_client(rep)
    opportunity = [an_opportunity(rep, buyer) for _ in range(rounds)]
    presses = [site.filled_form(a_sent_quote(each)[1]) for each in opportunity]
    signed = threading.Event()
    saved = []

    def save_over_and_over() -> None:
        with app.app_context():
            while not signed.is_set():
                with contextlib.suppress(StaleRevision), unit_of_work() as session:
                    row = session.get_one(Opportunity, opportunity[len(answers) % rounds])
                    row.notes = f"vu à {clock.now()}"
                    saved.append(row.id)
                time.sleep(0.002)

    answers: list[Answer] = []
    with ThreadPoolExecutor(1) as pool:
        saving = pool.submit(save_over_and_over)
        try:
            for press in presses:
                answers.append(press())  # noqa: PERF401 - the rep looks how far we are
        finally:
            signed.set()
        saving.result()
    assert [answer.status for answer in answers] == [303] * rounds
    assert (count(Signature), count(Order)) == (rounds, rounds)
    assert len(saved) > rounds


@pytest.mark.parametrize("attempt", range(6))
def test_signing_against_a_new_version_has_exactly_one_winner(app, site, attempt):
    quote, link = a_sent_quote()
    press = site.filled_form(link)

    def send_the_next_version() -> Answer:
        time.sleep(attempt % 3 * 0.004)
        with app.app_context():
            try:
                a_further_link(quote)
            except Conflict:
                return Answer(409, "", "")
            return Answer(303, "", "")

    with meeting_before_the_lock(2):
        signing, sending = at_once([press, send_the_next_version])
    with app.app_context():
        rows = db.session.execute(
            sa.select(QuoteVersion.number, QuoteVersion.state).order_by(QuoteVersion.number)
        ).all()
        states, closed = [state for _number, state in rows], db.session.get_one(Quote, quote).closed_at
    if sending.status == 409:
        assert (signing.status, states, count(Signature), count(Order)) == (303, [VersionState.SIGNED], 1, 1)
        assert closed is not None
    else:
        assert (signing.status, states, count(Signature), count(Order)) == (
            409,
            [VersionState.SUPERSEDED, VersionState.SENT],
            0,
            0,
        )
        assert closed is None
        again = Page(signing.text)
        fields = again.form("/sign")["fields"]
        assert ("(version 2)" in again.text, fields["mention"], "consent" in fields) == (
            True,
            "Bon pour accord",
            False,
        )
        assert site.ask("POST", again.form("/sign")["action"], {**fields, "consent": "y"}).status == 303


def test_who_presses_in_time_is_in_time_however_long_the_lock_takes(site):
    quote, link = a_sent_quote()
    press = site.filled_form(link)
    closes_at = clock.now() + timedelta(seconds=0.7)
    db.session.rollback()
    with db.engine.begin() as connection:  # as if the last day ended now
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.execute(sa.update(QuoteVersion).values(closes_at=closes_at))
    with ThreadPoolExecutor(1) as pool:
        with db.engine.begin() as holder:
            holder.execute(sa.select(Quote.id).where(Quote.id == quote).with_for_update())
            waiting = pool.submit(press)
            while clock.now() <= closes_at:
                time.sleep(0.02)
            assert not waiting.done()
        assert waiting.result().status == 303
    assert site.ask("GET", f"{address_of(link)}/signed").status == 200
