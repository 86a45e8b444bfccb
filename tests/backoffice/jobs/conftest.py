"""A kind of job that counts: each number that it comes to becomes a finding, so a repetition cannot be stored."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice.db import db
from backoffice.documents.archive import Archive
from backoffice.errors import Refusal
from backoffice.jobs.kinds import Kind, Result, Step, Steps
from backoffice.jobs.models import Job, JobFinding

CHUNK = 3


class TooFar(Refusal):
    def sentence(self) -> str:
        return "Count less far."


class Counting:
    """``facts``: ``to``; ``fails_at``: the number before which an error is raised, as often as ``fails`` says."""

    def __init__(self) -> None:
        self.fails = 0
        self.error: type[Exception] = OSError
        self.meanwhile: Any = lambda _number: None

    def steps(self, job: Job, _archive: Archive) -> Steps:
        to = job.facts["to"]
        for first in range(job.done, to, CHUNK):
            self.meanwhile(first)
            if first >= job.facts.get("fails_at", to) and self.fails:
                self.fails -= 1
                raise self.error
            last = min(to, first + CHUNK)

            def count(session, facts, first=first, last=last) -> None:
                for number in range(first, last):
                    session.add(JobFinding(job_id=job.id, position=number, facts={}))
                facts["sum"] = facts.get("sum", 0) + sum(range(first, last))

            yield Step(done=last, total=to, act=count)
        if job.facts.get("silent"):
            return None
        return Result(name="compté.txt", media_type="text/plain", data=f"{to}\n".encode())


@pytest.fixture
def counting(app: Flask) -> Iterator[Counting]:
    before = app.extensions["accord.jobs"]
    made = Counting()
    app.extensions["accord.jobs"] = {
        **before,
        "counting": Kind(title=lambda facts: f"Compter jusqu’à {facts['to']}", steps=made.steps),
    }
    yield made
    app.extensions["accord.jobs"] = before


def counted(job: int) -> list[int]:
    db.session.rollback()
    return list(
        db.session.scalars(
            sa.select(JobFinding.position).where(JobFinding.job_id == job).order_by(JobFinding.position)
        )
    )
