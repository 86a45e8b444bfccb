"""The tidying comes once a day however often the sweep does."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from backoffice.tasks import Queue

MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
THREE = MIDNIGHT + timedelta(hours=3)


@pytest.fixture
def start(app: Flask, tmp_path) -> Iterator[Callable[[], Queue]]:
    """Starts a worker's queue, always on the same file."""
    before, started = app.extensions["accord"], []

    def make() -> Queue:
        app.extensions["accord"] = replace(before, queue_url=f"sqlite:///{tmp_path / 'queue.db'}")
        started.append(Queue(app))
        app.extensions["accord"] = before
        started[-1]._prepare()
        return started[-1]

    yield make
    for each in started:
        each.close()


@pytest.fixture
def queue(start: Callable[[], Queue]) -> Queue:
    return start()


def swept(queue: Queue, around: datetime, every: int) -> int:
    """Sweeps twenty times before and twenty times after; returns how often tidying was asked for."""
    tidied = 0
    for number in range(-20, 20):
        at = around + timedelta(seconds=number * every)
        names = [task.name for task in queue.huey.read_periodic(at)]
        tidied += names.count("tidy")
        if "sweep" in names:
            queue.sweep(at)
    tidied += [task.name for task in queue.huey.pending()].count("tidy")
    queue.huey.flush()
    return tidied


@pytest.mark.parametrize("every", [10, 60, 120, 300])
def test_a_new_day_is_tidied_once_however_often_the_sweep_comes(queue: Queue, every: int):
    assert swept(queue, THREE, every) == 1  # the first day that this worker sees
    assert swept(queue, THREE + timedelta(seconds=every / 2 + 7), every) == 0
    assert swept(queue, MIDNIGHT + timedelta(days=1), every) == 1


def test_a_worker_started_again_tidies_once_more_and_then_leaves_it(start: Callable[[], Queue]):
    assert swept(start(), THREE, 60) == 1
    again = start()
    assert swept(again, THREE, 60) == 1
    assert swept(again, THREE, 60) == 0
