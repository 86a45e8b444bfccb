"""Garbage is collected between requests of a server, never within one."""

import gc
from collections.abc import Iterator

import pytest
from flask import Flask

from backoffice.garbage import ENOUGH, collect_between_requests


class Knot:
    """Only a collection frees it."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def served() -> Iterator[Flask]:
    app = Flask("served")

    @app.get("/<int:many>")
    def make(many: int) -> str:
        for _ in range(many):
            Knot()
        return str(sum(each["collections"] for each in gc.get_stats()))

    collect_between_requests(app)
    yield app
    gc.enable()


def collections() -> int:
    return sum(each["collections"] for each in gc.get_stats())


def test_a_request_is_never_interrupted_however_much_it_leaves(served):
    before = collections()
    during = int(served.test_client().get(f"/{3 * ENOUGH}").text)
    assert during == before
    assert collections() == before + 1


def test_small_requests_do_not_collect_each_time(served):
    gc.collect()
    before = collections()
    served.test_client().get("/10")
    assert collections() == before


def test_what_requests_leave_does_not_pile_up(served):
    client = served.test_client()
    for _ in range(6):
        client.get(f"/{ENOUGH}")
    assert sum(isinstance(each, Knot) for each in gc.get_objects()) <= 2 * ENOUGH
