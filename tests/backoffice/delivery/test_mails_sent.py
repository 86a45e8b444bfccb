"""Mails leave once, or are tried again, or say that they cannot be delivered."""

import re
import smtplib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, BrokenBarrierError, local

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine

from backoffice import clock
from backoffice.db import db
from backoffice.delivery import MOST_ATTEMPTS, deliver_mail
from backoffice.errors import IllegalMove
from backoffice.invitations.inviting import invite
from backoffice.links.models import ClientLink
from backoffice.notifications import account_mails
from backoffice.notifications.models import MailKind, MailState, OutgoingMail
from backoffice.notifications.of_troubles import TO_OUR_OWN
from backoffice.notifications.smtp import told
from backoffice.outbox import LONGEST_PAUSE, due, pause_after
from backoffice.staff.events import AccountChanged
from backoffice.staff.models import AccountAct, Role
from backoffice.work import unit_of_work
from tests.factories import a_member, a_seller

AMOUNT = re.compile(r"7[,\s]802[,.]40")
TELL_THE_AMOUNT = {
    MailKind.QUOTE_INVITATION,
    MailKind.QUOTE_SIGNED_CLIENT,
    MailKind.QUOTE_SIGNED_REP,
    MailKind.QUOTE_ACCEPTED_CLIENT,
    MailKind.QUOTE_ACCEPTED_REP,
    MailKind.CHANGES_REQUESTED_REP,
    MailKind.QUOTE_REFUSED_REP,
    MailKind.RENEWAL_ASKED,
    MailKind.QUOTE_EXPIRED_REP,
}
OF_A_DEAL_WITHOUT_A_QUOTE = {MailKind.HANDED_OVER, MailKind.TASK_ASSIGNED}
LEADS_TO = {
    MailKind.MAIL_UNDELIVERED: "/mail/1\\b",
    MailKind.TASK_ASSIGNED: "/tasks/1\\b",
    MailKind.HANDED_OVER: r"/opportunities\s|/opportunities\"",
}
Row = Callable[[int], OutgoingMail]
Write = Callable[..., int]


def set_mail(app: Flask, **changes):
    app.extensions["accord"] = replace(
        app.extensions["accord"], mail=replace(app.extensions["accord"].mail, **changes)
    )


def due_mails(at: datetime) -> list[int]:
    return [owed.row_id for owed in due(db.session(), at) if owed.table == "outgoing_mails"]


def test_a_mail_leaves_once(served, write_mail: Write, mail_row: Row):
    mail_id = write_mail()
    assert deliver_mail(mail_id, clock.now()) == []
    assert deliver_mail(mail_id, clock.now() + timedelta(days=1)) == []
    row = mail_row(mail_id)
    assert served.only()["Message-ID"] == row.message_id
    assert (row.state, row.attempts, row.last_error) == (MailState.SENT, 1, "")
    assert row.sent_at is not None


@contextmanager
def meeting_before_the_claim(parties: int, patience: float = 1) -> Iterator[None]:
    """Everybody is about to write that the mail is theirs before anybody does; whoever a lock keeps out is not waited for."""
    barrier, come = Barrier(parties), local()

    def wait(_connection, _cursor, statement, *_more):
        if statement.startswith("UPDATE outgoing_mails") and not hasattr(come, "once"):
            come.once = True
            with suppress(BrokenBarrierError):
                barrier.wait(patience)

    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", wait)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", wait)


def test_two_workers_that_start_together_send_one_message(
    app: Flask, served, write_mail: Write, mail_row: Row
):
    mail_id, at = write_mail(), clock.now()

    def work() -> None:
        with app.app_context():
            deliver_mail(mail_id, at)

    db.session.remove()
    with meeting_before_the_claim(2), ThreadPoolExecutor(2) as workers:
        for worker in [workers.submit(work) for _ in range(2)]:
            worker.result()
    assert len(served.messages) == 1
    assert (mail_row(mail_id).state, mail_row(mail_id).attempts) == (MailState.SENT, 1)


def test_what_a_dead_worker_held_is_taken_up_when_its_lease_ends(
    app: Flask, served, write_mail: Write, mail_row: Row
):
    lease = timedelta(seconds=app.extensions["accord"].lease_seconds)
    at = clock.now()
    # As a worker leaves it that was killed right after its claim.
    mail_id = write_mail(attempts=1, available_at=at + lease)
    deliver_mail(mail_id, at)
    assert due_mails(at) == []
    assert served.messages == []
    later = at + lease + timedelta(seconds=1)
    assert due_mails(later) == [mail_id]
    deliver_mail(mail_id, later)
    assert mail_row(mail_id).attempts == 2
    assert served.only()["Message-ID"] == mail_row(mail_id).message_id


def test_a_worker_whose_lease_ran_out_does_not_overwrite_the_next_ones_word(
    app, served, write_mail, mail_row: Row
):
    mail_id = write_mail()
    served.data_answer = "451 later"
    engine = db.engine
    served.on_data = lambda: set_attempts(engine, mail_id, 2)
    assert deliver_mail(mail_id, clock.now()) == []
    row = mail_row(mail_id)
    assert (row.state, row.attempts, row.last_error) == (MailState.QUEUED, 2, "")


def set_attempts(engine: Engine, mail_id: int, attempts: int) -> None:
    """What the claim of another worker does."""
    with engine.begin() as connection:
        connection.execute(
            sa.update(OutgoingMail).where(OutgoingMail.id == mail_id).values(attempts=attempts)
        )


def test_a_server_that_stalls_inside_data_is_left_and_tried_again_with_the_same_message_id(
    app: Flask, served, write_mail: Write, mail_row: Row
):
    mail_id = write_mail()
    set_mail(app, timeout=1)
    served.stall = 30
    before = clock.now()
    (owed,) = deliver_mail(mail_id, before)
    assert clock.now() - before < timedelta(seconds=4)
    row = mail_row(mail_id)
    assert (row.state, owed.at) == (MailState.QUEUED, row.available_at)
    assert row.available_at > clock.now()
    assert "timed out" in row.last_error
    served.stall = 0
    deliver_mail(mail_id, row.available_at)
    assert served.only()["Message-ID"] == row.message_id
    assert mail_row(mail_id).state is MailState.SENT


@pytest.mark.slow
def test_a_server_that_drips_is_left_too(app: Flask, served, write_mail: Write, mail_row: Row):
    mail_id = write_mail()
    set_mail(app, timeout=1)
    served.drip = True
    before = clock.now()
    assert len(deliver_mail(mail_id, before)) == 1
    assert clock.now() - before < timedelta(seconds=6)
    assert mail_row(mail_id).state is MailState.QUEUED


def test_a_server_that_is_away_is_asked_again_later_and_later(
    app: Flask, served, write_mail: Write, mail_row: Row
):
    set_mail(app, port=1)
    mail_id, at = write_mail(), clock.now()
    pauses = []
    for _ in range(4):
        (owed,) = deliver_mail(mail_id, at)
        pauses.append((owed.at - clock.now()).total_seconds())
        at = owed.at
    assert pauses == pytest.approx([10, 20, 40, 80], abs=2)
    assert mail_row(mail_id).last_error == "unreachable: Connection refused"


def test_pauses_end_at_an_hour():
    assert [pause_after(n).total_seconds() for n in (1, 2, 9, 10, 1000)] == [10, 20, 2560, 3600, 3600]
    assert pause_after(10**6) == LONGEST_PAUSE


def test_after_the_last_attempt_a_mail_has_failed_until_somebody_sends_it_again(
    served, write_mail: Write, mail_row: Row
):
    mail_id, at = write_mail(attempts=MOST_ATTEMPTS - 1), clock.now()
    served.data_answer = "451 not now"
    assert deliver_mail(mail_id, at) == []
    assert mail_row(mail_id).state is MailState.FAILED
    assert mail_row(mail_id).last_error == "later: 451 not now"
    served.data_answer = None
    with unit_of_work() as session:
        session.get_one(OutgoingMail, mail_id).send_again(at)
    deliver_mail(mail_id, at)
    assert mail_row(mail_id).state is MailState.SENT
    with pytest.raises(IllegalMove), unit_of_work() as session:
        session.get_one(OutgoingMail, mail_id).send_again(at)


@pytest.mark.parametrize(
    ("recipient_answer", "data_answer", "state"),
    [
        ("550 5.1.1 no such person", None, MailState.FAILED),
        ("450 4.2.1 greylisted, come back", None, MailState.QUEUED),
        (None, "552 5.3.4 too big", MailState.FAILED),
        (None, "451 4.3.0 disk full", MailState.QUEUED),
    ],
)
def test_a_refusal_for_good_is_told_at_once_and_any_other_is_tried_again(
    served, write_mail: Write, mail_row: Row, recipient_answer, data_answer, state
):
    served.recipient_answer, served.data_answer = recipient_answer, data_answer
    mail_id = write_mail()
    deliver_mail(mail_id, clock.now())
    row = mail_row(mail_id)
    assert row.state is state
    word = "refused" if state is MailState.FAILED else "later"
    assert row.last_error == f"{word}: {recipient_answer or data_answer}"


def test_a_failing_farewell_does_not_send_the_mail_twice(served, write_mail: Write, mail_row: Row):
    served.rude = True
    mail_id = write_mail()
    assert deliver_mail(mail_id, clock.now()) == []
    assert mail_row(mail_id).state is MailState.SENT


def test_without_a_server_a_mail_is_shown_and_never_sent_later(
    app: Flask, smtp, write_mail: Write, mail_row: Row, serve
):
    mail_id = write_mail()
    assert deliver_mail(mail_id, clock.now()) == []
    assert mail_row(mail_id).state is MailState.SHOWN
    serve()
    deliver_mail(mail_id, clock.now() + timedelta(days=1))
    assert due_mails(clock.now() + timedelta(days=1)) == []
    assert smtp.messages == []


def test_a_mail_whose_link_was_withdrawn_does_not_leave(served, deal, write_mail: Write, mail_row: Row):
    mail_id, at = write_mail(), clock.now()
    with unit_of_work() as session:
        session.get_one(ClientLink, deal.link_id).revoked_at = at
    deliver_mail(mail_id, at)
    assert served.messages == []
    assert (mail_row(mail_id).state, mail_row(mail_id).last_error) == (MailState.FAILED, "withdrawn")


def test_an_error_never_keeps_an_address_of_a_page():
    refusal = smtplib.SMTPDataError(
        554, b"spam: http://quotes.example/p/fr/AbC.dEf found in AbCdEfGhIjKlMnOpQrStUv.wXyZ012345"
    )
    assert told(refusal) == "554 spam: … found in …"
    assert told(ValueError("/p/fr/secret")) == "ValueError"
    assert told(TimeoutError("timed out")) == "TimeoutError"


@pytest.mark.parametrize("kind", [kind for kind in MailKind if kind not in account_mails.KINDS])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_of_mail_leaves_in_both_languages(
    served, write_mail: Write, mail_row: Row, kind, language
):
    to_ours = {"link_id": None} if kind in TO_OUR_OWN else {}
    mail_id = write_mail(kind=kind, language=language, **to_ours)
    deliver_mail(mail_id, clock.now())
    assert mail_row(mail_id).state is MailState.SENT, mail_row(mail_id).last_error
    text = served.only().get_body(("plain",)).get_content()
    html = served.only().get_body(("html",)).get_content()
    for part in (text, html):
        assert ("D-2026-0042" in part) is (kind not in OF_A_DEAL_WITHOUT_A_QUOTE)
        assert bool(AMOUNT.search(part)) is (kind in TELL_THE_AMOUNT)
        assert "%(" not in part
        assert re.search(LEADS_TO.get(kind, "/opportunities/[0-9]+" if to_ours else "/p/"), part)
    assert "style=" not in html
    assert "<img" not in html
    assert "{{" not in text


def invited(_member: int, admin: int, language: str, at: datetime) -> None:
    invite(email="neuve@duval.example", name="Ève Neuve", role=Role.REP, language=language, by=admin, at=at)


def forgotten(_member: int, _admin: int, language: str, at: datetime) -> None:
    with unit_of_work() as session:
        session.add(account_mails.reset_mail(email="rep@atelier-duval.example", language=language, at=at))


def changed(act: AccountAct) -> Callable[[int, int, str, datetime], None]:
    def change(member: int, admin: int, _language: str, at: datetime) -> None:
        event = AccountChanged(staff_id=member, act=act, by=admin, at=at, facts={"left": 3})
        with unit_of_work() as session:
            account_mails.tell_account_holder(event, session)

    return change


ACTS = {act.value: changed(act) for act in sorted(account_mails.TOLD)}


@pytest.mark.parametrize("happens", [invited, forgotten, *ACTS.values()], ids=["invited", "forgotten", *ACTS])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_mail_about_an_account_leaves_in_its_readers_language(served, happens, language):
    a_seller()
    member = a_member(language=language)
    admin = a_member(Role.ADMIN, name="Anne Duval")
    happens(member, admin, language, clock.now())
    mail = db.session.scalars(sa.select(OutgoingMail)).one()
    db.session.rollback()
    deliver_mail(mail.id, clock.now())
    for kind in ("plain", "html"):
        part = served.only().get_body((kind,)).get_content()
        assert ("Bonjour" if language == "fr" else "Hello") in part
        assert "http://localhost/" in part
        assert "%(" not in part
        assert "{{" not in part
