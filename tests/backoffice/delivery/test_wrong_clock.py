"""What a clock that was ahead wrote, claimed or put off is taken up as soon as the clock is right again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.documents.models import Document
from backoffice.notifications.models import MailState
from backoffice.outbox import LONGEST_PAUSE, wake
from backoffice.tasks import Queue
from backoffice.work import unit_of_work
from tests.factories import a_sent_quote

LEASE = timedelta(seconds=120)


@pytest.fixture
def queue(app: Flask, tmp_path) -> Iterator[Queue]:
    before = app.extensions["accord"]
    app.extensions["accord"] = replace(before, queue_url=f"sqlite:///{tmp_path / 'queue.db'}")
    made = Queue(app)
    app.extensions["accord"] = before
    made._prepare()
    yield made
    made.close()


def carry_out(queue: Queue) -> None:
    while (task := queue.huey.dequeue()) is not None:
        if task.name != "tidy":
            queue.huey.execute(task)


@pytest.mark.parametrize("attempts", [0, 1, 7])
def test_a_mail_claimed_or_put_off_while_the_clock_was_ahead_leaves(
    queue: Queue, served, write_mail, mail_row, attempts: int
):
    mail = write_mail(available_at=clock.now() + timedelta(days=3), attempts=attempts)
    queue.sweep()
    carry_out(queue)
    assert (mail_row(mail).state, mail_row(mail).attempts) == (MailState.SENT, attempts + 1)
    assert len(served.messages) == 1


def test_a_paper_wanted_while_the_clock_was_ahead_is_made(queue: Queue):
    a_sent_quote()
    ahead = clock.now() + timedelta(hours=2)
    with unit_of_work() as session:
        session.execute(sa.update(Document).values(wanted_at=ahead, available_at=ahead, attempts=1))
    queue.sweep()
    carry_out(queue)
    with unit_of_work() as session:
        assert session.scalars(sa.select(Document)).one().archived_at is not None


def test_no_pause_and_no_lease_is_cut_short(app: Flask, write_mail, mail_row):
    at = clock.now()
    longest = at + LONGEST_PAUSE + LEASE
    asleep, beyond = write_mail(available_at=longest), write_mail(available_at=longest + timedelta(seconds=1))
    sent = write_mail(available_at=longest + timedelta(days=1), state=MailState.SENT)
    with unit_of_work() as session:
        woken = wake(session, at, LEASE)
    assert [owed.row_id for owed in woken if owed.table == "outgoing_mails"] == [beyond]
    assert mail_row(asleep).available_at == longest
    assert mail_row(beyond).available_at == at
    assert mail_row(sent).available_at > longest
