"""The queue only makes things quick: whatever happens to it, no mail is lost and no request waits."""

import logging
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from backoffice.db import db
from backoffice.documents.rendering import Renderer
from backoffice.notifications.models import MailState, OutgoingMail
from backoffice.tasks import Queue, _huey
from backoffice.work import unit_of_work


@pytest.fixture
def queue_file(tmp_path: Path) -> Path:
    return tmp_path / "queue.db"


@pytest.fixture
def queue(app: Flask, queue_file: Path) -> Iterator[Queue]:
    """A queue of the test's own, which no worker reads but ``carried_out``."""
    made = a_queue(app, f"sqlite:///{queue_file}")
    yield made
    made.huey.storage.close()


def a_queue(app: Flask, url: str) -> Queue:
    before = app.extensions["accord"]
    app.extensions["accord"] = replace(before, queue_url=url)
    try:
        return Queue(app)
    finally:
        app.extensions["accord"] = before


def carried_out(queue: Queue) -> int:
    """Does what a worker's thread does until nothing is left; returns how many tasks there were."""
    done = 0
    while (task := queue.huey.dequeue()) is not None:
        queue.huey.execute(task)
        done += 1
    return done


def states() -> list[MailState]:
    with unit_of_work() as session:
        return list(session.scalars(db.select(OutgoingMail.state).order_by(OutgoingMail.id)))


def test_a_nudge_has_the_mail_sent(served, write_mail, queue: Queue):
    queue.nudge("outgoing_mails", write_mail())
    assert carried_out(queue) == 1
    assert states() == [MailState.SENT]


def test_when_the_queue_is_lost_the_sweep_sends_everything(
    app: Flask, served, write_mail, queue: Queue, queue_file: Path
):
    queue.nudge("outgoing_mails", write_mail())
    write_mail()
    queue.huey.storage.close()
    for path in queue_file.parent.glob("queue.db*"):
        path.unlink()
    again = a_queue(app, f"sqlite:///{queue_file}")
    again._prepare_for_work()
    assert carried_out(again) == 0
    again.sweep()
    carried_out(again)
    again.huey.storage.close()
    assert states() == [MailState.SENT, MailState.SENT]
    assert len(served.messages) == 2


def test_a_mail_swept_twice_is_sent_once(served, write_mail, queue: Queue):
    write_mail()
    queue._prepare()
    queue.sweep()
    queue.sweep()
    assert carried_out(queue) > 1
    assert len(served.messages) == 1


def test_a_failed_mail_is_scheduled_for_when_it_is_due(served, write_mail, queue: Queue):
    served.data_answer = "451 later"
    queue.nudge("outgoing_mails", write_mail())
    carried_out(queue)
    assert queue.huey.scheduled_count() == 1


@pytest.mark.parametrize(
    "url", ["sqlite:////no/such/folder/queue.db", "postgresql://nobody@127.0.0.1:1/queue"]
)
def test_a_queue_that_is_away_neither_fails_nor_delays_anybody(app: Flask, write_mail, caplog, url: str):
    lost = a_queue(app, url)
    started = time.monotonic()
    with caplog.at_level(logging.ERROR):
        for _ in range(20):
            lost.nudge("outgoing_mails", 1)
    assert time.monotonic() - started < 3
    assert len(caplog.records) == 1


def test_a_nudge_of_an_unknown_table_is_logged(queue: Queue, caplog):
    with caplog.at_level(logging.ERROR):
        queue.nudge("quotes", 1)
    assert "quotes 1" in caplog.text


def test_a_damaged_queue_file_is_made_anew(queue: Queue, queue_file: Path, app: Flask):
    queue.huey.storage.close()
    queue_file.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    damaged = a_queue(app, f"sqlite:///{queue_file}")
    damaged._prepare_for_work()
    assert damaged.huey.pending_count() == 0
    damaged.huey.storage.close()


@pytest.mark.parametrize("url", ["mysql://x", "queue.db"])
def test_an_unknown_kind_of_queue_is_refused(url: str):
    with pytest.raises(ValueError, match="QUEUE_URL"):
        _huey(url)


def test_tasks_keep_their_names(queue: Queue):
    names = {name.rpartition(".")[2] for name in queue.huey._registry._registry}
    assert names == {"deliver_mail", "archive_document", "carry_out_job", "sweep", "tidy"}


def test_the_night_removes_what_killed_workers_left_and_nothing_that_is_in_use(
    queue: Queue, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, fresh, other = (
        tmp_path / name for name in ("accord-render-left", "accord-render-new", "of-another")
    )
    for each in (left, fresh, other):
        each.mkdir()
        (each / "font.ttf").write_bytes(b"x")
    with Renderer() as renderer:
        renderer.pdf("<!doctype html><title>x</title><p>x")
        (living,) = set(tmp_path.glob("accord-render-*")) - {left, fresh}
        for each in (left, other, living):
            os.utime(each, (time.time() - 90_000,) * 2)
        queue.tidy()
        assert sorted(tmp_path.iterdir()) == sorted([fresh, other, living])
