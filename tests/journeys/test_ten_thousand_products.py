"""Ten thousand products come in under a progress bar, by a worker that is killed on the way and needs no more memory for it."""

import signal
import time

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice.catalogue.models import Product
from backoffice.catalogue.queries import products_like
from backoffice.db import db
from backoffice.jobs.models import JobState
from backoffice.serving import _worker
from backoffice.staff.models import Role
from tests.conftest import reader_of
from tests.environment import environment_with
from tests.factories import a_member, a_seller, a_staff_session, handed_over, stored_job
from tests.journeys.long_work import watched
from tests.journeys.nursery import Nursery

PRODUCTS = 10_000
MOST_GROWTH = 24_000  # kB between the first chunks and the end
QUICK_SECONDS = 0.25  # a type-ahead on a busy machine; 15 ms on an idle one

pytestmark = pytest.mark.slow


def table() -> bytes:
    rows = (
        f"REF-{number:05};Planche de chêne n° {number};Oak board {number};u;{number % 900},{number % 100:02};20\n"
        for number in range(PRODUCTS)
    )
    return ("Référence;Nom;Nom (anglais);Unité;Prix HT;TVA\n" + "".join(rows)).encode()


def test_ten_thousand_products_are_imported(installation: Flask, environment: dict[str, str]):
    a_seller()
    admin = a_member(Role.ADMIN)
    account, opened = a_staff_session(admin)
    reader = reader_of(installation)
    with reader.session_transaction() as cookie:
        cookie["staff_session"], cookie["_user_id"] = opened, account
    with Nursery(environment_with(environment)) as nursery:
        worker = nursery.start(*_worker()[2:])
        form = reader.page("/catalogue/import").form("/catalogue/import")
        answer = reader.post("/catalogue/import", **handed_over(form["fields"], table(), "tarif.csv"))
        trial = int(answer.location.rpartition("/")[2])
        watched(trial, worker)
        assert stored_job(trial).facts["counts"]["new"] == PRODUCTS
        started = reader.submit(f"/imports/{trial}", {}, "confirm").location
        job = int(started.rpartition("/")[2])
        early, _ = watched(job, worker, until=PRODUCTS // 4)
        assert '<progress id="progress" max="10000"' in reader.get(f"/jobs/{job}/progress").text
        assert nursery.end(worker, signal.SIGKILL) == -signal.SIGKILL
        worker = nursery.start(*_worker()[2:])
        late, memory = watched(job, worker)
        row = stored_job(job)
        assert nursery.end(worker, signal.SIGTERM) == 0
    progress = [*early, *late]
    assert progress == sorted(progress)
    assert len(set(progress)) > 10
    assert (row.state, row.done, row.facts["counts"]) == (
        JobState.DONE,
        PRODUCTS,
        {"new": PRODUCTS, "changed": 0, "unchanged": 0, "wrong": 0},
    )
    assert row.attempts >= 2
    assert db.session.scalar(sa.select(sa.func.count(Product.id))) == PRODUCTS
    assert max(memory) - memory[min(2, len(memory) - 1)] < MOST_GROWTH, memory
    looked_up = []
    for words in ("planche", "oak 77", "REF-09999", "chene n° 12", "zzz"):
        began = time.monotonic()
        products_like(db.session(), words)
        looked_up.append(time.monotonic() - began)
    assert max(looked_up) < QUICK_SECONDS, (looked_up, memory)
