"""Archived papers on their way to a reader, in the back office and on the portal alike."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, send_file
from flask.typing import ResponseReturnValue

from backoffice import clock
from backoffice.access import Permission, current_member, needs, owned_by, papers_of
from backoffice.db import db
from backoffice.documents.archive import Archive, NotArchived
from backoffice.documents.models import Document
from backoffice.documents.queries import document_seen_by

POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
TRIES = 3
PATIENCE = timedelta(minutes=2)
SOON, LATER = 2, 60  # seconds until the page asks again

blueprint = Blueprint("documents", __name__)


@blueprint.get("/documents/<int:document_id>.pdf")
@needs(Permission.SEE_ORDERS)
def show(document_id: int) -> ResponseReturnValue:
    member = current_member()
    document = document_seen_by(db.session(), document_id, deals=owned_by(member), papers=papers_of(member))
    return pdf_response(document)


def pdf_response(
    document: Document, waiting: str = "backoffice/documents/preparing.html", **context: Any
) -> Response:
    """The archived bytes; while there are none, the page ``waiting``, which asks again by itself.

    Its template gets ``document``, ``late`` (nothing came of it for a while, or of several tries) and ``context``.
    A paper that is coming is a 202, a late one a 503.
    """
    archive: Archive = current_app.extensions["accord.archive"]
    if document.sha256 is None:
        return _preparing(document, waiting, late=is_late(document, clock.now()), **context)
    try:
        response = send_file(
            archive.path(document.sha256),
            mimetype="application/pdf",
            download_name=document.file_name,
            etag=document.sha256,
        )
    except (NotArchived, OSError):
        current_app.logger.exception("document %d cannot be read from the archive", document.id)
        return _preparing(document, waiting, late=True, **context)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = POLICY
    return response


def is_late(document: Document, at: datetime) -> bool:
    """Whether a paper that is not there should have been by now: several tries failed, or nobody is at it."""
    if document.attempts >= TRIES:
        return True
    # A claim or a pause; only the first leaves no error. One that was owed all night may be seconds away.
    in_hand = document.attempts > 0 and not document.last_error and at < document.available_at
    # A time far ahead was written by a clock that was wrong, and promises nothing.
    return not in_hand and abs(at - document.wanted_at) > PATIENCE


def _preparing(document: Document, waiting: str, *, late: bool, **context: Any) -> Response:
    seconds = LATER if late else SOON
    response = make_response(
        render_template(waiting, document=document, late=late, **context), 503 if late else 202
    )
    response.headers["Refresh"] = str(seconds)  # a meta refresh would be an accessibility fault
    response.headers["Retry-After"] = str(seconds)
    return response
