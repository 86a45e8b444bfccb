"""Long work carried out: chunk after chunk, each with its progress in one unit of work.

The row is claimed with a lease, and every step renews it. A worker that is killed loses nothing: the next one takes
the job up where the last committed step left it. A worker that was only slow finds that the job is no longer its own
and stops before it changes anything.
"""

import copy
import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask, current_app
from flask_babel import force_locale
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.documents.archive import Archive
from backoffice.documents.passing import KEPT
from backoffice.errors import Busy, Refusal, StaleRevision
from backoffice.jobs.kinds import Kind, NotYet, PassingResult, Result, Step, passing_name
from backoffice.jobs.models import UNDER_WAY, Job, JobState
from backoffice.notifications.smtp import told
from backoffice.outbox import Owed, pause_after
from backoffice.settings import Settings
from backoffice.work import unit_of_work

MOST_FAILURES = 5
"""In a row, without any step between them."""
LONGEST_ERROR = 400
A_MOMENT = timedelta(seconds=2)
"""How long a job rests that waits for something."""

_log = logging.getLogger(__name__)


class NoLongerOurs(Exception):
    """Cancelled, or taken up by another worker because our lease ran out."""


class HandedBack(Exception):
    """This worker is stopping: another is to go on at once."""


def init_app(app: Flask, kinds: Mapping[str, Kind]) -> None:
    app.extensions["accord.jobs"] = kinds


def carry_out(job_id: int, at: datetime, stopping: Callable[[], bool] = lambda: False) -> list[Owed]:
    """Do one job, if it is due and nobody else is at it; returns when it must be taken up again, if it must."""
    job = _claim(job_id, at)
    if job is None:
        return []
    try:
        with force_locale(job.language):
            result = _worked(job, stopping)
            _end(job, JobState.DONE, result=result, sha256=_kept(job, result))
    except NoLongerOurs:
        return []
    except NotYet as waiting:
        return _put_off(job, clock.now() + A_MOMENT, failures=0, words=waiting.sentence[:LONGEST_ERROR])
    except HandedBack:
        return _put_off(job, clock.now(), failures=0, words="")
    except Exception as error:  # noqa: BLE001 - whatever it is, the row must tell it
        return _answered(job, error)
    return []


def _claim(job_id: int, at: datetime) -> Job | None:
    with unit_of_work() as session:
        return session.scalar(
            sa.update(Job)
            .where(Job.id == job_id, Job.state.in_(UNDER_WAY), Job.available_at <= at)
            .values(state=JobState.RUNNING, available_at=at + _lease(), attempts=Job.attempts + 1)
            .returning(Job)
            .execution_options(synchronize_session=False)
        )


def _worked(job: Job, stopping: Callable[[], bool]) -> Result | PassingResult | None:
    kinds: Mapping[str, Kind] = current_app.extensions["accord.jobs"]
    steps = kinds[job.kind].steps(job, current_app.extensions["accord.archive"])
    try:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                result: Result | PassingResult | None = end.value
                return result
            _commit(job, step)
            if stopping():
                raise HandedBack
    finally:
        steps.close()


def _commit(job: Job, step: Step) -> None:
    """The chunk, its progress and the renewed lease, or none of them."""
    with unit_of_work() as session:
        row = _ours(session, job)
        facts = copy.deepcopy(row.facts)
        step.act(session, facts)
        row.done, row.facts, row.failures, row.last_error = step.done, facts, 0, ""
        row.total = row.total if step.total is None else step.total
        row.available_at = clock.now() + _lease()


def _kept(job: Job, result: Result | PassingResult | None) -> str | None:
    """The SHA-256 of the result, once it is where it stays."""
    archive: Archive = current_app.extensions["accord.archive"]
    match result:
        case Result():
            return archive.keep(result.data)
        case PassingResult():
            with archive.passing.path(passing_name(job)).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        case _:
            return None


def _end(
    job: Job,
    state: JobState,
    *,
    result: Result | PassingResult | None = None,
    sha256: str | None = None,
    words: str = "",
) -> None:
    at = clock.now()
    with unit_of_work() as session:
        row = _ours(session, job)
        row.move_to(state, at=at)
        row.last_error = words
        if result is not None:
            row.result_sha256, row.result_name, row.result_type = sha256, result.name, result.media_type
            row.result_until = at + KEPT if isinstance(result, PassingResult) else None


def _answered(job: Job, error: Exception) -> list[Owed]:
    """A refusal is final, unless somebody else was only quicker; anything else is tried again, a few times."""
    final = isinstance(error, Refusal) and not isinstance(error, Busy | StaleRevision)
    with force_locale(job.language):
        said = error.sentence() if final and isinstance(error, Refusal) else None
    words = (said or told(error))[:LONGEST_ERROR]
    _log.warning("job %d, attempt %d: %s", job.id, job.attempts, words, exc_info=None if said else error)
    try:
        with unit_of_work() as session:
            failures = _ours(session, job).failures + 1
        if said or failures >= MOST_FAILURES:
            _end(job, JobState.FAILED, words=words)
            return []
        return _put_off(job, clock.now() + pause_after(failures), failures=failures, words=words)
    except NoLongerOurs:
        return []


def _put_off(job: Job, again: datetime, *, failures: int, words: str) -> list[Owed]:
    try:
        with unit_of_work() as session:
            row = _ours(session, job)
            row.move_to(JobState.QUEUED, at=again)
            row.available_at, row.failures, row.last_error = again, failures, words
    except NoLongerOurs:
        return []
    return [Owed(Job.__tablename__, job.id, again)]


def _ours(session: Session, job: Job) -> Job:
    """The row, locked, as long as it is this worker's. Raises NoLongerOurs."""
    row = session.scalar(
        sa.select(Job)
        .where(Job.id == job.id, Job.state == JobState.RUNNING, Job.attempts == job.attempts)
        .with_for_update()
    )
    if row is None:
        raise NoLongerOurs(job.id)
    return row


def _lease() -> timedelta:
    settings: Settings = current_app.extensions["accord"]
    return timedelta(seconds=settings.lease_seconds)
