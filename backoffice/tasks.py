"""The queue that makes delivery quick. The outbox rows are the truth: losing all of the queue loses nothing.

Whatever is not carried out because a message was lost, a worker was killed or a queue was away is found again by
the sweep. No task holds a lock: rows are claimed by lease, and a lock of a killed worker would stay for ever.
"""

import logging
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer

from backoffice import archiving, carrying, clock, delivery, expiry
from backoffice.db import db
from backoffice.documents.rendering import forget_leftovers
from backoffice.opportunities.arranging import forget_removed
from backoffice.outbox import Owed, due, wake
from backoffice.settings import Settings
from backoffice.staff import throttle
from backoffice.work import unit_of_work

NAME = "accord"
SQLITE_PREFIX = "sqlite:///"
WORKERS = 4
PAPERS_AT_ONCE = 2
JOBS_AT_ONCE = 1
BUSY = timedelta(seconds=0.5)
"""How long a paper or a job waits for its turn before it asks again."""
LOOK_SECONDS = 0.05
LONGEST_LOOK_SECONDS = 0.2
QUEUE_SECONDS = 1
"""How long a request may wait for a queue that does not answer."""
SILENCE_SECONDS = 10
"""How long a queue that failed is left alone; the sweep delivers meanwhile."""
STOP_SECONDS = 8
"""How long work under way may go on after a signal to stop; what is cut off is done again after its lease."""
LONG_QUEUE = 1000

_log = logging.getLogger(__name__)


class Queue:
    """The tasks of one application on its queue."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._settings: Settings = app.extensions["accord"]
        self.huey = _huey(self._settings.queue_url)
        self._prepared = False
        self._silent_until = 0.0
        self._stopping = threading.Event()
        task = self.huey.task
        self._tasks: dict[str, Any] = {
            "outgoing_mails": task(name="deliver_mail")(self._carried_out(delivery.deliver_mail)),
            "documents": task(name="archive_document")(
                self._in_turn("documents", PAPERS_AT_ONCE, self._carried_out(archiving.archive_document))
            ),
            "jobs": task(name="carry_out_job")(
                self._in_turn("jobs", JOBS_AT_ONCE, self._carried_out(self._carry_out_job))
            ),
        }
        self._sweep = self.huey.periodic_task(lambda _now: True, name="sweep")(self.sweep)
        self._tidy = task(name="tidy")(self.tidy)
        self._tidied_on: date | None = None
        self._counting_days = threading.Lock()

    def nudge(self, table: str, row_id: int) -> None:
        """Tell a worker of a new row. Never raises and never waits long: the sweep comes by anyway."""
        self._owe(Owed(table, row_id, clock.now()))

    def sweep(self, at: datetime | None = None) -> None:
        """Queue everything that is due, and once a day the tidying; a row queued twice is still claimed once."""
        if self.huey.pending_count() > LONG_QUEUE:
            return
        at = at or clock.now()
        self._tidy_on(at.date())
        with self._app.app_context():
            for owed in due(db.session(), at):
                self._owe(owed)
            with unit_of_work() as session:
                woken = wake(session, at, timedelta(seconds=self._settings.lease_seconds))
            for owed in woken:
                self._owe(owed)
            expiry.record_expiries(at)

    def _tidy_on(self, day: date) -> None:
        """Once a day and process. No crontab: huey asks it as seldom as it sweeps, and might never meet its minute."""
        with self._counting_days:
            if day != self._tidied_on:
                self._tidy()
                self._tidied_on = day

    def tidy(self) -> None:
        """Once a day: forget counters of wrong guesses that count no more, files that had their days, and leftovers."""
        forget_leftovers()
        with self._app.app_context():
            archiving.forget_unfinished()
            archiving.forget_passing()
            with unit_of_work() as session:
                throttle.forget_old(session, at=clock.now())
                forget_removed(session, at=clock.now())

    def work(self) -> None:
        """Carry out tasks in threads until SIGINT or SIGTERM; what a killed worker held is taken up after its lease."""
        self._prepare_for_work()
        self._sweep.schedule(delay=self._settings.lease_seconds + 1)
        _Consumer(self.huey, sweep_seconds=self._settings.sweep_seconds, stopping=self._stopping).run()

    def close(self) -> None:
        """Let go of the queue; the next use opens it again."""
        if hasattr(self.huey.storage, "close"):
            self.huey.storage.close()

    def _carried_out(self, act: Callable[[int, datetime], list[Owed]]) -> Callable[[int], None]:
        def carry_out(row_id: int) -> None:
            with self._app.app_context():
                for owed in act(row_id, clock.now()):
                    self._owe(owed)

        return carry_out

    def _carry_out_job(self, job_id: int, at: datetime) -> list[Owed]:
        return carrying.carry_out(job_id, at, self._stopping.is_set)

    def _in_turn(self, table: str, most: int, act: Callable[[int], None]) -> Callable[[int], None]:
        """Papers and jobs take long: some threads are always left for mails, which somebody waits for."""
        at_once = threading.BoundedSemaphore(most)

        def act_in_turn(row_id: int) -> None:
            if not at_once.acquire(blocking=False):
                self._owe(Owed(table, row_id, clock.now() + BUSY))
                return
            try:
                act(row_id)
            finally:
                at_once.release()

        return act_in_turn

    def _owe(self, owed: Owed) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            self._prepare()
            delay = (owed.at - clock.now()).total_seconds()
            if delay > 0:
                self._tasks[owed.table].schedule(args=(owed.row_id,), delay=delay)
            else:
                self._tasks[owed.table](owed.row_id)
        except Exception:  # noqa: BLE001 - each queue has its own errors, and none may reach a request
            self._prepared = False
            self._silent_until = time.monotonic() + SILENCE_SECONDS
            _log.exception("the queue failed: %s %d waits for the sweep", owed.table, owed.row_id)

    def _prepare(self) -> None:
        """Make the queue's tables when first needed: an application starts even when its queue is away."""
        if not self._prepared and hasattr(self.huey.storage, "initialize_schema"):
            self.huey.storage.initialize_schema()
        self._prepared = True

    def _prepare_for_work(self) -> None:
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            _log.warning("the queue file was damaged and is made anew; nothing is lost by that")
            path = Path(self._settings.queue_url.removeprefix(SQLITE_PREFIX))
            for each in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
                each.unlink(missing_ok=True)
            self.huey.storage.close()
            self._prepare()


class _Consumer(Consumer):
    """Huey's consumer with our sweep's interval, and a clean end for either signal.

    ``stopping`` is set first: a long job then hands itself back after its chunk.
    """

    def __init__(self, huey: Huey, *, sweep_seconds: int, stopping: threading.Event) -> None:
        self._sweep_seconds = sweep_seconds
        self._stopping = stopping
        super().__init__(
            huey,
            workers=WORKERS,
            initial_delay=LOOK_SECONDS,
            max_delay=LONGEST_LOOK_SECONDS,
            shutdown_timeout=STOP_SECONDS,
        )
        self._signal_actions = dict.fromkeys((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), (False, True))

    def stop(self, graceful: bool = False) -> None:  # noqa: FBT001, FBT002 - huey's signature
        self._stopping.set()
        super().stop(graceful)

    def _create_scheduler(self) -> Any:
        scheduler = super()._create_scheduler()
        scheduler.periodic_task_seconds = self._sweep_seconds
        return scheduler


def init_app(app: Flask) -> Callable[[str, int], None]:
    """Make the queue of ``app``; returns how ``work`` tells it of new rows."""
    queue = Queue(app)
    app.extensions["accord.queue"] = queue
    app.extensions["accord.huey"] = queue.huey
    return queue.nudge


def run_worker(app: Flask) -> None:
    """``flask worker``: returns when a signal asked to stop."""
    queue: Queue = app.extensions["accord.queue"]
    try:
        queue.work()
    finally:
        close(app)


def close(app: Flask) -> None:
    """End what an application holds open: its queue and its rendering processes."""
    queue: Queue = app.extensions["accord.queue"]
    queue.close()
    delivery.close(app)


def _huey(url: str) -> Huey:
    """The queue at ``url``: sqlite:///file, redis://… or postgresql://…; nothing is opened yet."""
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        # Without fsync: a queue is only a reminder.
        path = url.removeprefix(SQLITE_PREFIX)
        return SqliteHuey(
            NAME, filename=path, fsync=False, timeout=QUEUE_SECONDS, results=False, create_tables=False
        )
    if scheme in {"redis", "rediss"}:
        separator = "&" if "?" in url else "?"
        # Longer than the blocking read of one second that workers do.
        bounded = f"{url}{separator}socket_connect_timeout={QUEUE_SECONDS}&socket_timeout={QUEUE_SECONDS + 2}"
        return RedisHuey(NAME, url=bounded, results=False)
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        dsn = "postgresql" + url[len(scheme) :]
        return PostgresHuey(
            NAME, dsn=dsn, connect_timeout=QUEUE_SECONDS + 1, results=False, create_tables=False
        )
    raise ValueError(f"QUEUE_URL must begin with sqlite:///, redis:// or postgresql://, not {scheme}:")
