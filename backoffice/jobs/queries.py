"""Jobs as pages and the worker load them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.errors import NotFound
from backoffice.jobs.models import Job

PAGE = 50


def want_job(
    session: Session, kind: str, facts: dict[str, Any], *, by: int, language: str, at: datetime, of: str = ""
) -> Job:
    """Queue a job; it has its id. ``of``: the SHA-256 of the archived bytes that it works on."""
    job = Job(
        kind=kind,
        facts=facts,
        input_sha256=of or None,
        language=language,
        started_by=by,
        created_at=at,
        available_at=at,
    )
    session.add(job)
    session.flush()
    return job


def job_of(session: Session, job_id: int, member_id: int) -> Job:
    """A job that this person started. Raises NotFound for unknown and foreign alike."""
    job = session.scalar(sa.select(Job).where(Job.id == job_id, Job.started_by == member_id))
    if job is None:
        raise NotFound(job=job_id)
    return job


def job_to_act_on(session: Session, job_id: int, member_id: int) -> Job:
    """The same, locked: the worker writes its progress meanwhile."""
    job = session.scalar(
        sa.select(Job).where(Job.id == job_id, Job.started_by == member_id).with_for_update()
    )
    if job is None:
        raise NotFound(job=job_id)
    return job


def jobs_of(
    session: Session, member_id: int, *, before: int | None, besides: Collection[str] = ()
) -> Sequence[Job]:
    """The newest first, one more than a page; none of the kinds ``besides``."""
    query = sa.select(Job).where(Job.started_by == member_id, Job.kind.not_in(besides))
    if before is not None:
        query = query.where(Job.id < before)
    return session.scalars(query.order_by(Job.id.desc()).limit(PAGE + 1)).all()
