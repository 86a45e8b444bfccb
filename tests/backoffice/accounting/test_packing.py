"""A month in one ZIP: all of it or told, by a worker that may be killed, once and in order."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, current_app

from backoffice import clock
from backoffice.accounting import packing
from backoffice.accounting.table import PIECE, file_name
from backoffice.carrying import carry_out
from backoffice.db import db
from backoffice.documents.archive import Archive
from backoffice.documents.models import Document
from backoffice.jobs.models import Job, JobState
from backoffice.outbox import due
from backoffice.staff.models import Role, StaffMember
from backoffice.work import unit_of_work
from tests.backoffice.accounting.conftest import Books, copy_invoices, keep_papers
from tests.billing import an_issued_invoice, an_order
from tests.factories import a_member, an_opportunity, everything, stored_job
from tests.reader import Page, PageReader

OCTOBER = "/accounting?month=2026-10"
PAPERS = ["F-2026-0002", "F-2026-0003", "F-2026-0004"]


class Killed(BaseException):
    """As ``kill -9``: nothing of ours is run afterwards."""


class Watched(Archive):
    """An archive that tells how many papers were read of it so far, before each."""

    def __init__(self, folder: Path, met: Callable[[int], None]) -> None:
        super().__init__(folder)
        self._met, self._read = met, 0

    def read(self, digest: str) -> bytes:
        self._met(self._read)
        self._read += 1
        return super().read(digest)


@pytest.fixture
def watch(app: Flask) -> Iterator[Callable[[Callable[[int], None] | None], None]]:
    """``watch(met)``: from now on ``met`` is told of every paper that is read; None: nobody is."""
    plain = app.extensions["accord.archive"]

    def put(met: Callable[[int], None] | None) -> None:
        app.extensions["accord.archive"] = (
            Watched(app.extensions["accord"].archive, met) if met is not None else plain
        )

    yield put
    put(None)


@pytest.fixture
def many(books: Books) -> int:
    """So many papers of October that they are packed in three pieces."""
    keep_papers()
    copy_invoices(books.whole, 2 * PIECE)
    return 3 + 2 * PIECE


def pressed(reader: PageReader, address: str = OCTOBER) -> int:
    """The job that the button started."""
    answer = reader.submit(address, {}, "/zip")
    assert answer.status_code == 303
    assert answer.location.endswith("?take=")
    return int(answer.location.partition("?")[0].rpartition("/")[2])


def packed(reader: PageReader, job: int) -> zipfile.ZipFile:
    answer = reader.get(f"/jobs/{job}/result")
    assert answer.status_code == 200
    bag = zipfile.ZipFile(io.BytesIO(answer.data))
    assert bag.testzip() is None
    return bag


def lines_of(bag: zipfile.ZipFile) -> list[dict[str, str]]:
    (name,) = [each for each in bag.namelist() if each.endswith(".csv")]
    return list(csv.DictReader(io.StringIO(bag.read(name).decode("utf-8-sig"), newline=""), delimiter=";"))


def folder() -> Path:
    return current_app.extensions["accord.archive"].passing.path("")


def files() -> dict[Path, float]:
    return {path: path.stat().st_mtime for path in folder().glob("*")}


def test_one_press_gives_every_pdf_by_its_number_and_the_table(accountant, books: Books):
    keep_papers()
    job = pressed(accountant)
    carry_out(job, clock.now())
    row = stored_job(job)
    assert (row.state, row.done, row.total, row.result_name) == (
        JobState.DONE,
        3,
        3,
        "comptabilite-2026-10.zip",
    )
    bag = packed(accountant, job)
    assert bag.namelist() == [*(f"{number}.pdf" for number in PAPERS), "comptabilite-2026-10.csv"]
    for number in PAPERS:
        assert bag.read(f"{number}.pdf") == f"%PDF {number}.pdf".encode()
    assert bag.getinfo("F-2026-0002.pdf").date_time == (2026, 10, 1, 0, 0, 0)
    rows = lines_of(bag)
    assert [(line["Numéro"], line["Fichier"]) for line in rows] == [
        (number, f"{number}.pdf") for number in PAPERS
    ]
    assert bag.read("comptabilite-2026-10.csv") == accountant.get("/accounting/table.csv?month=2026-10").data


def test_the_file_comes_by_itself_to_whoever_pressed_and_to_nobody_who_only_looks(accountant, books: Books):
    keep_papers()
    job = pressed(accountant)
    assert accountant.get(f"/jobs/{job}?take=").headers["Refresh"] == "2"
    carry_out(job, clock.now())
    assert accountant.get(f"/jobs/{job}?take=").headers["Refresh"] == f"0; url=/jobs/{job}/result"
    watched = accountant.get(f"/jobs/{job}")
    assert "Refresh" not in watched.headers
    assert OCTOBER in Page(watched.text).links
    answer = accountant.get(f"/jobs/{job}/result")
    assert "comptabilite-2026-10.zip" in answer.headers["Content-Disposition"]
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/zip", "no-store")


def test_a_chosen_span_holds_credit_notes_too(accountant, books: Books):
    keep_papers()
    job = pressed(accountant, "/accounting?first=2026-09-30&last=2027-12-31")
    carry_out(job, clock.now())
    names = packed(accountant, job).namelist()
    assert names == ["F-2026-0001.pdf", *(f"{number}.pdf" for number in PAPERS), "A-2026-0001.pdf",
                     "comptabilite-2026-09-30_2027-12-31.csv"]  # fmt: skip


def test_a_paper_that_is_being_made_is_waited_for_and_the_page_says_which(accountant, books: Books):
    keep_papers(but=frozenset({"F-2026-0003"}))
    job = pressed(accountant)
    (owed,) = carry_out(job, clock.now())
    row = stored_job(job)
    assert (row.state, row.failures, owed.row_id) == (JobState.QUEUED, 0, job)
    for address in (f"/jobs/{job}", f"/jobs/{job}/progress"):
        assert "Un PDF est encore en préparation\u202f: F-2026-0003." in accountant.get(address).text
    assert "Quelque chose" not in accountant.page(f"/jobs/{job}").text
    carry_out(job, owed.at)
    assert stored_job(job).state is JobState.QUEUED
    keep_papers()
    carry_out(job, clock.now() + timedelta(minutes=1))
    assert stored_job(job).state is JobState.DONE
    assert f"{PAPERS[1]}.pdf" in packed(accountant, job).namelist()
    assert "Un PDF" not in accountant.page(f"/jobs/{job}").text


@pytest.mark.parametrize("why", ["it never comes", "it cannot be made", "nobody ever wanted it"])
def test_a_paper_that_does_not_come_is_told_three_times_and_holds_nothing_up(
    accountant, books: Books, why: str
):
    keep_papers(but=frozenset({"F-2026-0003"}))
    with unit_of_work() as session:
        missing = sa.update(Document).where(Document.file_name == "F-2026-0003.pdf")
        if why == "it cannot be made":
            session.execute(missing.values(attempts=3, last_error="RenderFailed"))
        elif why == "nobody ever wanted it":
            session.execute(sa.delete(Document).where(Document.file_name == "F-2026-0003.pdf"))
    job = pressed(accountant)
    carry_out(job, clock.now())
    if why == "it never comes":
        assert stored_job(job).state is JobState.QUEUED
        with unit_of_work() as session:  # as if the time had passed
            row = session.get_one(Job, job)
            row.facts = row.facts | {"waiting_since": (clock.now() - packing.PATIENCE).isoformat()}
        carry_out(job, clock.now() + timedelta(minutes=1))
    assert stored_job(job).state is JobState.DONE
    sentence = "Un PDF n’a pas encore pu être créé et manque dans le fichier\u202f: F-2026-0003."
    assert sentence in accountant.get(f"/jobs/{job}").text
    bag = packed(accountant, job)
    assert bag.namelist() == ["F-2026-0002.pdf", "F-2026-0004.pdf", "À LIRE.txt", "comptabilite-2026-10.csv"]
    assert sentence in bag.read("À LIRE.txt").decode()
    assert [line["Fichier"] for line in lines_of(bag)] == [
        "F-2026-0002.pdf", "manque\u202f: pas encore créé", "F-2026-0004.pdf"
    ]  # fmt: skip


def test_a_paper_that_the_disk_has_spoiled_is_told_and_never_given(accountant, books: Books):
    keep_papers()
    archive = current_app.extensions["accord.archive"]
    digests = dict(db.session.execute(sa.select(Document.file_name, Document.sha256)).all())
    db.session.rollback()
    spoiled, gone = archive.path(digests["F-2026-0002.pdf"]), archive.path(digests["F-2026-0004.pdf"])
    spoiled.chmod(0o640)
    spoiled.write_bytes(b"%PDF something else")
    gone.unlink()
    job = pressed(accountant)
    carry_out(job, clock.now())
    bag = packed(accountant, job)
    assert [name for name in bag.namelist() if name.endswith(".pdf")] == ["F-2026-0003.pdf"]
    assert "2\u00a0PDF sont endommagés" in accountant.get(f"/jobs/{job}").text
    assert "F-2026-0002, F-2026-0004" in bag.read("À LIRE.txt").decode()
    spoiled.unlink()  # another test may keep the same bytes


@pytest.mark.parametrize(
    ("killed_at", "done"), [(0, 0), (PIECE // 2, 0), (PIECE + 7, PIECE), (2 * PIECE, 2 * PIECE)]
)
def test_a_worker_killed_half_way_leaves_a_job_that_the_next_one_finishes(
    accountant, many: int, watch, killed_at: int, done: int
):
    def die(read: int) -> None:
        if read == killed_at:
            raise Killed

    job = pressed(accountant)
    watch(die)
    with pytest.raises(Killed):
        carry_out(job, clock.now())
    row = stored_job(job)
    assert (row.state, row.done) == (JobState.RUNNING, done)
    assert accountant.get(f"/jobs/{job}/result").status_code == 404
    seen: list[int] = []
    watch(lambda _read: seen.append(stored_job(job).done))
    assert carry_out(job, clock.now()) == []  # its lease still runs
    assert seen == []
    later = clock.now() + timedelta(hours=1)
    assert [owed.row_id for owed in due(db.session(), later) if owed.table == "jobs"] == [job]
    carry_out(job, later)
    row = stored_job(job)
    assert (row.state, row.done, row.total, row.attempts) == (JobState.DONE, many, many, 2)
    assert (seen[0], seen) == (done, sorted(seen)), "the bar does not go back"
    bag = packed(accountant, job)
    assert len(bag.namelist()) == many + 1
    assert len(lines_of(bag)) == many


def test_a_worker_that_stops_hands_the_job_back_and_leaves_no_file(accountant, many: int):
    job = pressed(accountant)
    before = files()
    (owed,) = carry_out(job, clock.now(), stopping=lambda: True)
    assert stored_job(job).state is JobState.QUEUED
    assert files() == before
    carry_out(owed.row_id, clock.now())
    assert stored_job(job).state is JobState.DONE


def test_a_job_cancelled_half_way_leaves_no_file(accountant, many: int, watch):
    job = pressed(accountant)
    form = accountant.page(f"/jobs/{job}").form("cancel")
    before = files()

    def cancel(read: int) -> None:
        if read == PIECE:
            assert accountant.post(form["action"], data=form["fields"]).status_code == 303

    watch(cancel)
    carry_out(job, clock.now())
    row = stored_job(job)
    assert (row.state, row.done) == (JobState.CANCELLED, PIECE)
    assert files() == before


def test_pressed_twice_it_is_the_same_job_and_later_another(accountant, books: Books):
    keep_papers()
    first = pressed(accountant)
    assert pressed(accountant) == first
    assert pressed(accountant, "/accounting?month=2026-09") != first
    carry_out(first, clock.now())
    assert pressed(accountant) != first


def test_what_is_issued_after_the_press_is_not_in_it(app: Flask, accountant, books: Books):
    keep_papers()
    job = pressed(accountant)
    an_issued_invoice(an_order(an_opportunity(1, 1)), on=date(2026, 10, 31))
    carry_out(job, clock.now())
    assert packed(accountant, job).namelist()[:-1] == [f"{number}.pdf" for number in PAPERS]


def test_numbers_that_differ_by_a_sign_no_file_may_have_do_not_write_over_each_other(app: Flask):
    assert file_name("F/2026/0001") == "F-2026-0001.pdf"
    bag = packing._Bag.__new__(packing._Bag)
    bag._taken = set()
    assert [bag._free(name) for name in ("F-1.pdf", "f-1.pdf", "F-1.pdf", "F-2.pdf")] == [
        "F-1.pdf", "f-1 (2).pdf", "F-1 (3).pdf", "F-2.pdf"
    ]  # fmt: skip


def test_a_file_is_kept_some_days_and_then_told_to_be_gone(app: Flask, accountant, books: Books):
    keep_papers()
    job = pressed(accountant)
    carry_out(job, clock.now())
    assert "reste ici jusqu’au" in accountant.page(f"/jobs/{job}").text
    path = folder() / f"job-{job}-1"
    assert path.exists()
    with unit_of_work() as session:
        session.get_one(Job, job).result_until = clock.now() - timedelta(seconds=1)
    answer = accountant.get(f"/jobs/{job}/result")
    assert answer.status_code == 410
    assert "Refaites-le" in answer.text
    page = accountant.page(f"/jobs/{job}")
    assert "puis a été supprimé" in page.text
    assert f"/jobs/{job}/result" not in page.links
    assert f"/jobs/{job}/result" not in accountant.page("/jobs").links
    assert "Refresh" not in accountant.get(f"/jobs/{job}?take=").headers


def test_a_file_that_is_missing_as_after_a_restore_is_gone_and_no_failure(accountant, books: Books):
    keep_papers()
    job = pressed(accountant)
    carry_out(job, clock.now())
    (folder() / f"job-{job}-1").unlink()
    assert accountant.get(f"/jobs/{job}/result").status_code == 410


def test_who_is_no_accountant_any_more_fetches_nothing(app: Flask, signed_in, books: Books):
    keep_papers()
    marc = a_member(Role.ACCOUNTANT)
    reader = signed_in(marc)
    job = pressed(reader)
    carry_out(job, clock.now())
    with unit_of_work() as session:
        session.get_one(StaffMember, marc).role = Role.REP
    for address in (f"/jobs/{job}", f"/jobs/{job}/progress", f"/jobs/{job}/result"):
        assert reader.get(address).status_code == 404, address
    assert f"/jobs/{job}" not in reader.page("/jobs").links


@pytest.mark.parametrize(
    "change", [{"csrf_token": ""}, {"first": ""}, {"last": "x"}, {"first": "2026-10-31", "last": "2026-10-01"}, {"first": "2020-01-01"}]
)  # fmt: skip
def test_a_form_that_is_not_whole_starts_nothing(accountant, books: Books, change: dict[str, str]):
    form = accountant.page(OCTOBER).form("/zip")
    before = everything(["jobs"])
    answer = accountant.post(form["action"], data=form["fields"] | change)
    assert answer.status_code == 422
    assert everything(["jobs"]) == before
