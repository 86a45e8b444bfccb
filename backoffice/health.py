"""Whether the site works: for a proxy that chooses between servers, and for whoever watches over the worker."""

from datetime import timedelta
from functools import cache

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask, Response

from backoffice import clock, outbox
from backoffice.db import db
from backoffice.settings import PROJECT

LATE = timedelta(minutes=10)
"""Far above what a burst of mails takes: the worker is away, or something is stuck."""


def init_app(app: Flask) -> None:
    app.add_url_rule("/health", "health", health)
    app.add_url_rule("/health/worker", "health_of_worker", health_of_worker)


def health() -> Response:
    """200 when pages can be served: the database answers, and its tables are those of this version."""
    try:
        revision = db.session.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except sa.exc.DBAPIError:
        db.session.rollback()
        return _said("the database does not answer, or has no tables yet", 503)
    if revision != newest_revision():
        return _said("the tables are of another version: run db upgrade", 503)
    return _said("ok", 200)


def health_of_worker() -> Response:
    """200 while what is owed leaves in time; 503 when a mail, a document or a job has been due for ten minutes."""
    at = clock.now()
    waiting = [at - owed.at for owed in outbox.due(db.session(), at, limit=1)]
    longest = max(waiting, default=timedelta())
    if longest > LATE:
        return _said(f"late: something has been due for {int(longest.total_seconds())} s", 503)
    return _said("ok", 200)


@cache
def newest_revision() -> str | None:
    return ScriptDirectory(str(PROJECT / "backoffice" / "migrations")).get_current_head()


def _said(words: str, status: int) -> Response:
    return Response(f"{words}\n", status, mimetype="text/plain")
