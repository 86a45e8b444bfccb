"""A year's papers packed by a worker that is killed on the way, and that needs no more memory for many than for few."""

import io
import random
import re
import signal
import zipfile
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, current_app

from backoffice import clock
from backoffice.accounting.table import PIECE
from backoffice.db import db
from backoffice.documents.models import Document
from backoffice.jobs.models import JobState
from backoffice.serving import _worker
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.billing import an_issued_invoice
from tests.conftest import reader_of
from tests.environment import environment_with
from tests.factories import a_member, a_staff_session, stored_job
from tests.journeys.long_work import watched
from tests.journeys.nursery import Nursery

PAPERS = 12 * PIECE
SIZE = 150_000  # bytes of a PDF
MOST_GROWTH = 24_000  # kB between the first pieces and the end; all papers together are some 180,000

pytestmark = pytest.mark.slow


def years_of_papers() -> None:
    """Copies of one invoice, each with a PDF that does not grow smaller."""
    invoice = an_issued_invoice(on=date(2026, 1, 2))
    archive = current_app.extensions["accord.archive"]
    data = b"%PDF-1.7\n" + random.Random(1).randbytes(SIZE)
    with unit_of_work() as session:
        kept = {"archived_at": clock.now(), "sha256": archive.keep(data), "size": len(data)}
        session.execute(sa.update(Document).values(**kept))
    with db.engine.begin() as connection:
        for table, changes, which in (
            ("invoices", {"id": "id + :n", "number": "number || '-' || CAST(:n AS VARCHAR)"}, "id"),
            ("documents", {"id": "id + 10 * :n", "invoice_id": "invoice_id + :n"}, "invoice_id"),
        ):
            columns = [each.name for each in db.metadata.tables[table].columns]
            values = ", ".join(changes.get(name, name) for name in columns)
            statement = (
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {which} = :id"  # noqa: S608 - names of columns
            )
            connection.execute(sa.text(statement), [{"n": n, "id": invoice} for n in range(1, PAPERS)])


def test_a_year_is_packed(installation: Flask, environment: dict[str, str]):
    years_of_papers()
    account, opened = a_staff_session(a_member(Role.ACCOUNTANT))
    reader = reader_of(installation)
    with reader.session_transaction() as cookie:
        cookie["staff_session"], cookie["_user_id"] = opened, account
    with Nursery(environment_with(environment)) as nursery:
        worker = nursery.start(*_worker()[2:])
        address = reader.submit("/accounting?first=2026-01-01&last=2026-12-31", {}, "/zip").location
        job = int(re.search(r"/jobs/(\d+)", address)[1])
        early, _ = watched(job, worker, until=3 * PIECE)
        assert nursery.end(worker, signal.SIGKILL) == -signal.SIGKILL
        assert stored_job(job).state is JobState.RUNNING
        worker = nursery.start(*_worker()[2:])
        late, memory = watched(job, worker)
        row = stored_job(job)
        assert nursery.end(worker, signal.SIGTERM) == 0
    progress = [*early, *late]
    assert progress == sorted(progress), "the bar does not go back"
    assert (row.state, row.done, row.total) == (JobState.DONE, PAPERS, PAPERS)
    assert row.attempts >= 2
    assert len(memory) > 4  # the first is of a worker that has not begun
    assert max(memory) - memory[2] < MOST_GROWTH, memory
    bag = zipfile.ZipFile(io.BytesIO(reader.get(f"/jobs/{job}/result").data))
    assert bag.testzip() is None
    assert len(bag.namelist()) == PAPERS + 1
    left = {path.name for path in Path(environment["ACCORD_HOME"]).glob("archive/passing/[!.]*")}
    assert left == {f"job-{job}-{row.attempts}"}
