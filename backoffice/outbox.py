"""The rows that a worker carries out: which are due, how long to wait after a failure, how their words are made.

The rows are the truth. Each is claimed with a lease in a transaction of its own, the slow part runs outside of any,
and its end is written in another; a worker that dies leaves a lease that runs out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from backoffice.documents.models import Document
from backoffice.jobs.models import UNDER_WAY, Job
from backoffice.notifications.models import MailState, OutgoingMail

LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True)
class Owed:
    """A row to be taken up again, at the earliest ``at``; ``table`` is its table's name."""

    table: str
    row_id: int
    at: datetime


def due(session: Session, at: datetime, limit: int = 200) -> list[Owed]:
    """What can be taken up at ``at``, the longest waiting first, ``limit`` of each kind."""
    letters = session.execute(
        sa.select(OutgoingMail.id, OutgoingMail.available_at)
        .where(OutgoingMail.state == MailState.QUEUED, OutgoingMail.available_at <= at, paper_is_ready())
        .order_by(OutgoingMail.available_at)
        .limit(limit)
    )
    papers = session.execute(
        sa.select(Document.id, Document.available_at)
        .where(Document.archived_at.is_(None), Document.available_at <= at)
        .order_by(Document.available_at)
        .limit(limit)
    )
    jobs = session.execute(
        sa.select(Job.id, Job.available_at)
        .where(Job.state.in_(UNDER_WAY), Job.available_at <= at)
        .order_by(Job.available_at)
        .limit(limit)
    )
    return [
        *(Owed(OutgoingMail.__tablename__, row.id, row.available_at) for row in letters),
        *(Owed(Document.__tablename__, row.id, row.available_at) for row in papers),
        *(Owed(Job.__tablename__, row.id, row.available_at) for row in jobs),
    ]


def wake(session: Session, at: datetime, lease: timedelta) -> list[Owed]:
    """Make due what waits longer than any pause or lease: a clock that was ahead wrote it, claimed it or put it off."""
    beyond = at + LONGEST_PAUSE + lease
    letters = session.scalars(
        sa.update(OutgoingMail)
        .where(OutgoingMail.state == MailState.QUEUED, OutgoingMail.available_at > beyond)
        .values(available_at=at)
        .returning(OutgoingMail.id)
        .execution_options(synchronize_session=False)
    )
    papers = session.scalars(
        sa.update(Document)
        .where(Document.archived_at.is_(None), Document.available_at > beyond)
        .values(available_at=at)
        .returning(Document.id)
        .execution_options(synchronize_session=False)
    )
    jobs = session.scalars(
        sa.update(Job)
        .where(Job.state.in_(UNDER_WAY), Job.available_at > beyond)
        .values(available_at=at)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    return [
        *(Owed(OutgoingMail.__tablename__, mail_id, at) for mail_id in letters),
        *(Owed(Document.__tablename__, document_id, at) for document_id in papers),
        *(Owed(Job.__tablename__, job_id, at) for job_id in jobs),
    ]


def pause_after(attempts: int) -> timedelta:
    """10 s after the first failure, twice as long after each further one, an hour at most."""
    return min(LONGEST_PAUSE, timedelta(seconds=5 * 2 ** min(attempts, 20)))


def paper_is_ready() -> sa.ColumnElement[bool]:
    """True of a mail whose attachment, if it has one, is archived."""
    return sa.or_(
        OutgoingMail.document_id.is_(None),
        sa.exists().where(Document.id == OutgoingMail.document_id, Document.archived_at.is_not(None)),
    )


def render(template: str, context: dict[str, Any]) -> str:
    # Not flask.render_template: what a request adds to a page has no place in a mail or on paper.
    return current_app.jinja_env.get_template(template).render(context)
