"""A table tried and imported: the same steps, once to see and once for good."""

import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import PurePath
from typing import BinaryIO

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.access import Permission
from backoffice.db import db
from backoffice.documents.archive import Archive
from backoffice.imports.sheet import SAMPLE, Sheet
from backoffice.imports.subjects import Outcome, Record, Setting, Subject
from backoffice.jobs.kinds import Facts, Kind, Result, Step, Steps
from backoffice.jobs.models import Job, JobFinding
from backoffice.tabular.writing import MEDIA_TYPE, written

CHUNK = 200
"""Things per unit of work: a fraction of a second, and a progress bar that moves."""
SHOWN_FAULTS = 20


def steps(
    job: Job,
    archive: Archive,
    *,
    subject: Subject,
    write: bool,
    usual: Callable[[Session], dict[str, object]],
) -> Steps:
    """Without a column that is needed, nothing is done. Raises what reading raises."""
    digest = job.input_sha256 or ""
    sheet = Sheet.read(job.facts)

    def opened() -> BinaryIO:
        return archive.open(digest)

    if subject.missing(sheet.fields):
        return None  # the page asks which column it is
    total = job.total if job.total is not None else sum(1 for _ in sheet.rows(opened))
    yield Step(done=job.done, total=total)
    setting = Setting(
        fields=sheet.fields,
        numbers=sheet.numbers,
        write=write,
        by=job.started_by,
        at=clock.now(),
        usual=_usual(usual),
        makes_missing=sheet.makes_missing,
    )
    records = sheet.records(sheet.rows(opened), subject)
    left = (record for record in records if record.index >= job.done)
    while chunk := list(islice(left, CHUNK)):

        def act(session: Session, facts: Facts, chunk: list[Record] = chunk) -> None:
            outcomes = subject.deal_with(session, chunk, setting)
            _note(session, facts, job.id, sheet, list(zip(chunk, outcomes, strict=True)))

        yield Step(done=chunk[-1].index + len(chunk[-1].rows), total=total, act=act)
    return _rejected(job, sheet, opened)


def _usual(asked: Callable[[Session], dict[str, object]]) -> dict[str, object]:
    session = db.session()
    try:
        return asked(session)
    finally:
        session.rollback()


def _note(
    session: Session, facts: Facts, job_id: int, sheet: Sheet, dealt_with: Sequence[tuple[Record, Outcome]]
) -> None:
    """Counts, the first few as a sample, and what is wrong row by row."""
    counts = facts.setdefault("counts", dict.fromkeys(map(str, Outcome), 0))
    sample = facts.setdefault("sample", [])
    for record, outcome in dealt_with:
        counts[outcome.value] += 1
        if len(sample) < SAMPLE:
            sample.append({"line": record.line, "outcome": outcome.value, "cells": record.rows[0]})
        for offset, faults in enumerate(record.faults):
            if outcome is Outcome.WRONG:
                said = [[sheet.heading_of(fault.column), fault.sentence] for fault in faults]
                session.add(
                    JobFinding(
                        job_id=job_id,
                        position=record.index + offset,
                        facts={"line": record.line, "faults": said},
                    )
                )


def faults_of(session: Session, job_id: int) -> list[JobFinding]:
    """The first rows that are wrong, for a page."""
    query = sa.select(JobFinding).where(JobFinding.job_id == job_id)
    found = session.scalars(query.order_by(JobFinding.position).limit(5 * SHOWN_FAULTS))
    return [each for each in found if each.facts["faults"]][:SHOWN_FAULTS]


def _rejected(job: Job, sheet: Sheet, opened: Callable[[], BinaryIO]) -> Result | None:
    """The wrong rows as they came with a reason each, to be corrected and imported again."""
    session = db.session()
    found = session.execute(
        sa.select(JobFinding.position, JobFinding.facts).where(JobFinding.job_id == job.id)
    )
    reasons = {position: _said(facts["faults"]) for position, facts in found}
    session.rollback()
    if not reasons:
        return None
    file = io.BytesIO()
    width = len(sheet.headings)
    rows = (
        [*row.cells[:width], *[""] * (width - len(row.cells)), reasons[row.index]]
        for row in sheet.rows(opened)
        if row.index in reasons
    )
    for piece in written(_headed([*sheet.headings, gettext("Reason")], rows)):
        file.write(piece)
    stem = PurePath(sheet.name).stem[:80]
    return Result(
        name=gettext("%(name)s-to-correct.csv", name=stem), media_type=MEDIA_TYPE, data=file.getvalue()
    )


def _headed(headings: list[str], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield headings
    yield from rows


def _said(faults: list[list[str]]) -> str:
    return " ".join(f"[{column}] {said}" if column else said for column, said in faults)


def kind_of(
    subject: Subject,
    *,
    write: bool,
    usual: Callable[[Session], dict[str, object]],
    title: Callable[[Facts], str],
) -> Kind:
    def run(job: Job, archive: Archive) -> Steps:
        return steps(job, archive, subject=subject, write=write, usual=usual)

    return Kind(title=title, steps=run, onward="imports.show", permission=Permission.EXCHANGE)
