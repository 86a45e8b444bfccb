"""Long work is done once, whoever dies, whoever is slow, whoever cancels."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from backoffice import clock
from backoffice.carrying import MOST_FAILURES, carry_out
from backoffice.db import db
from backoffice.jobs.kinds import NotYet
from backoffice.jobs.models import Job, JobFinding, JobState
from backoffice.outbox import due
from backoffice.work import unit_of_work
from tests.backoffice.jobs.conftest import TooFar, counted
from tests.factories import a_job, a_member, stored_job


class AwaitsPaper(NotYet):
    def __init__(self) -> None:
        super().__init__("Two papers are on their way.")


class Killed(BaseException):
    """As ``kill -9``: nothing of ours is run afterwards."""


def test_a_job_is_done_in_chunks_and_its_result_is_kept(app: Flask, counting) -> None:
    job = a_job(a_member(), to=10)
    assert carry_out(job, clock.now()) == []
    row = stored_job(job)
    assert (row.state, row.done, row.total, row.facts["sum"]) == (JobState.DONE, 10, 10, 45)
    assert counted(job) == list(range(10))
    assert app.extensions["accord.archive"].read(row.result_sha256) == b"10\n"
    assert carry_out(job, clock.now()) == []
    assert counted(job) == list(range(10))


@pytest.mark.parametrize("killed_at", [0, 3, 6, 9])
def test_a_killed_worker_loses_nothing_and_nothing_is_repeated(app: Flask, counting, killed_at: int) -> None:
    job = a_job(a_member(), to=10)

    def die(number: int) -> None:
        if number == killed_at:
            raise Killed

    counting.meanwhile = die
    with pytest.raises(Killed):
        carry_out(job, clock.now())
    counting.meanwhile = lambda _number: None
    row = stored_job(job)
    assert (row.state, row.done, counted(job)) == (JobState.RUNNING, killed_at, list(range(killed_at)))
    assert carry_out(job, clock.now()) == []  # its lease still runs
    assert stored_job(job).done == killed_at
    later = clock.now() + timedelta(hours=1)
    assert [(owed.table, owed.row_id) for owed in due(db.session(), later)] == [("jobs", job)]
    carry_out(job, later)
    row = stored_job(job)
    assert (row.state, row.facts["sum"], counted(job)) == (JobState.DONE, 45, list(range(10)))


def test_a_chunk_and_its_progress_are_stored_together_or_not_at_all(app: Flask, counting) -> None:
    job = a_job(a_member(), to=6)
    with unit_of_work() as session:
        session.add(JobFinding(job_id=job, position=4, facts={}))  # in the way of the second chunk
    carry_out(job, clock.now())
    row = stored_job(job)
    assert (row.state, row.done, row.facts["sum"], row.last_error) == (
        JobState.QUEUED,
        3,
        3,
        IntegrityError.__name__,
    )
    assert counted(job) == [0, 1, 2, 4]


def test_a_worker_that_lost_its_lease_stops_before_it_changes_anything(app: Flask, counting) -> None:
    job = a_job(a_member(), to=10)

    def overtaken(number: int) -> None:
        if number == 3:
            counting.meanwhile = die_at_nine
            with pytest.raises(Killed):
                carry_out(job, clock.now() + timedelta(hours=1))

    def die_at_nine(number: int) -> None:
        if number == 9:
            raise Killed

    counting.meanwhile = overtaken
    assert carry_out(job, clock.now()) == []
    row = stored_job(job)
    assert (row.state, row.attempts, row.done, row.failures) == (JobState.RUNNING, 2, 9, 0)
    assert counted(job) == list(range(9))


def test_every_step_renews_the_lease(app: Flask, counting) -> None:
    job = a_job(a_member(), to=9)
    leases = []
    counting.meanwhile = lambda _number: leases.append(stored_job(job).available_at)
    carry_out(job, clock.now())
    assert leases == sorted(set(leases))
    assert len(leases) == 3


def test_a_cancelled_job_stops_after_its_chunk_and_keeps_what_it_did(app: Flask, counting) -> None:
    job = a_job(a_member(), to=10)

    def cancel(number: int) -> None:
        if number == 6:
            with unit_of_work() as session:
                session.get_one(Job, job).cancel(at=clock.now())

    counting.meanwhile = cancel
    assert carry_out(job, clock.now()) == []
    row = stored_job(job)
    assert (row.state, row.done, counted(job)) == (JobState.CANCELLED, 6, list(range(6)))
    assert due(db.session(), clock.now() + timedelta(days=1)) == []


def test_an_error_is_tried_again_from_where_it_was(app: Flask, counting) -> None:
    job = a_job(a_member(), to=10, fails_at=6)
    counting.fails = 1
    (owed,) = carry_out(job, clock.now())
    row = stored_job(job)
    assert (row.state, row.done, row.failures, row.last_error) == (JobState.QUEUED, 6, 1, "OSError")
    assert owed.at > clock.now()
    carry_out(job, owed.at)
    row = stored_job(job)
    assert (row.state, row.failures, row.last_error, counted(job)) == (JobState.DONE, 0, "", list(range(10)))


def test_an_error_that_stays_ends_the_job(app: Flask, counting) -> None:
    job = a_job(a_member(), to=10, fails_at=3)
    counting.fails = 100
    at, tries = clock.now(), 0
    while stored_job(job).state is not JobState.FAILED:
        tries += 1
        for owed in carry_out(job, at):
            at = owed.at
    assert tries == MOST_FAILURES
    assert counted(job) == [0, 1, 2]


def test_a_refusal_ends_the_job_at_once_with_its_sentence(app: Flask, counting) -> None:
    job = a_job(a_member(), to=10, fails_at=0)
    counting.fails, counting.error = 1, TooFar
    assert carry_out(job, clock.now()) == []
    row = stored_job(job)
    assert (row.state, row.last_error) == (JobState.FAILED, "Count less far.")


def test_a_worker_that_stops_hands_the_job_back_at_once(app: Flask, counting) -> None:
    job = a_job(a_member(), to=10)
    (owed,) = carry_out(job, clock.now(), stopping=lambda: True)
    row = stored_job(job)
    assert (row.state, row.done, row.failures) == (JobState.QUEUED, 3, 0)
    assert owed.at <= clock.now()
    carry_out(job, clock.now())
    assert counted(job) == list(range(10))


def test_a_kind_that_is_no_more_fails_and_says_so(app: Flask, counting) -> None:
    job = a_job(a_member(), kind="alchemy")
    at = clock.now()
    for _ in range(MOST_FAILURES):
        for owed in carry_out(job, at):
            at = owed.at
    assert stored_job(job).state is JobState.FAILED


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE jobs SET state = 'asleep'",
        "UPDATE jobs SET done = -1",
        "UPDATE jobs SET state = 'done'",
        "UPDATE jobs SET result_name = 'x'",
    ],
)
def test_the_table_states_the_rules_too(app: Flask, counting, wrong: str) -> None:
    a_job(a_member(), to=1)
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.text(wrong))


@pytest.mark.slow
def test_the_worker_carries_out_what_is_queued(app: Flask, counting) -> None:
    """Through the queue: a row that is added nudges, and one task does it."""
    queue = app.extensions["accord.queue"]
    job = a_job(a_member(), to=4)
    while (task := queue.huey.dequeue()) is not None:
        queue.huey.execute(task)
    assert stored_job(job).state is JobState.DONE


def test_a_job_that_waits_for_something_rests_a_moment_and_has_not_failed(app: Flask, counting) -> None:
    job = a_job(a_member(), to=6, fails_at=3)
    counting.fails, counting.error = 2 * MOST_FAILURES, AwaitsPaper
    at = clock.now()
    for _ in range(2 * MOST_FAILURES):
        (owed,) = carry_out(job, at)
        at = owed.at
        row = stored_job(job)
        assert (row.state, row.failures, row.last_error) == (
            JobState.QUEUED,
            0,
            "Two papers are on their way.",
        )
        assert row.done == 3
    assert carry_out(job, at) == []
    assert (stored_job(job).state, counted(job)) == (JobState.DONE, list(range(6)))
