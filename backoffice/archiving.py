"""Papers made and kept: whoever is first archives a document, and nothing changes it afterwards."""

import contextlib
import logging
import time
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale

from backoffice import clock
from backoffice.db import db
from backoffice.documents.archive import Archive
from backoffice.documents.making import Making, making_of
from backoffice.documents.models import Document
from backoffice.documents.rendering import Renderer
from backoffice.documents.signed_copy import append_page
from backoffice.notifications.models import MailState, OutgoingMail
from backoffice.notifications.smtp import told
from backoffice.outbox import Owed, pause_after, render
from backoffice.settings import Settings
from backoffice.signatures.models import Signature
from backoffice.work import unit_of_work

UNFINISHED_LASTS = timedelta(days=1)

_log = logging.getLogger(__name__)


def archive_document(document_id: int, at: datetime) -> list[Owed]:
    """Make and keep one document, if it is due and nobody else is at it; returns what can or must be done next."""
    settings: Settings = current_app.extensions["accord"]
    claim = _claim(document_id, at, timedelta(seconds=settings.lease_seconds))
    if claim is None:
        return []
    try:
        making = _loaded(claim)
        if making.quote_document_id is not None and making.quote_sha256 is None:
            return _after_the_quote(claim, making.quote_document_id, at)
        pdf = _made(making)
        digest = current_app.extensions["accord.archive"].keep(pdf)
    except Exception as error:  # noqa: BLE001 - whatever it is, the row must tell it and be tried again
        return _put_off(claim, error)
    return _archived(claim, digest, len(pdf))


def forget_passing() -> None:
    """Remove files that were made to be fetched, and had their days."""
    archive: Archive = current_app.extensions["accord.archive"]
    archive.passing.forget_old()


def forget_unfinished() -> None:
    """Remove the files that workers left unfinished in the archive when they were killed more than a day ago."""
    settings: Settings = current_app.extensions["accord"]
    for path in settings.archive.glob("*/.*"):
        with contextlib.suppress(FileNotFoundError):  # finished, or removed by another worker
            if time.time() - path.stat().st_mtime > UNFINISHED_LASTS.total_seconds():
                path.unlink()


def _claim(document_id: int, at: datetime, lease: timedelta) -> Document | None:
    with unit_of_work() as session:
        return session.scalar(
            sa.update(Document)
            .where(Document.id == document_id, Document.archived_at.is_(None), Document.available_at <= at)
            .values(available_at=at + lease, attempts=Document.attempts + 1)
            .returning(Document)
            .execution_options(synchronize_session=False)
        )


def _loaded(claim: Document) -> Making:
    session = db.session()
    try:
        return making_of(session, claim)
    finally:
        # Kept as they are read, and no transaction stays open while the slow part runs.
        session.expunge_all()
        session.rollback()


def _made(making: Making) -> bytes:
    """The PDF; a signed quote is the archived quote with its signature page behind it."""
    renderer: Renderer = current_app.extensions["accord.renderer"]
    with force_locale(making.language):
        page = making.page(render)
    pdf = renderer.pdf(page.html, page.files)
    if making.quote_sha256 is None:
        return pdf
    archive: Archive = current_app.extensions["accord.archive"]
    return append_page(archive.read(making.quote_sha256), pdf)


def _after_the_quote(claim: Document, quote_document_id: int, at: datetime) -> list[Owed]:
    """The paper that was signed comes first; the signed copy follows it, at once or as soon as another has made it."""
    owed = archive_document(quote_document_id, at)
    again = clock.now()
    with unit_of_work() as session:
        # Locked: whoever archives it meanwhile wakes the copies that wait, and this must not put one to sleep again.
        quote = session.get_one(Document, quote_document_id, with_for_update=True)
        if quote.archived_at is None:
            again = max(again, quote.available_at)
        session.execute(
            _ours(claim).values(available_at=again), execution_options={"synchronize_session": False}
        )
    return [*owed, Owed(Document.__tablename__, claim.id, again)]


def _archived(claim: Document, digest: str, size: int) -> list[Owed]:
    """Write where it is kept, unless somebody was first; then mails and signed copies that waited for it can go."""
    at = clock.now()
    with unit_of_work() as session:
        kept = sa.update(Document).where(Document.id == claim.id, Document.archived_at.is_(None))
        values = {"archived_at": at, "sha256": digest, "size": size, "last_error": ""}
        session.execute(kept.values(**values), execution_options={"synchronize_session": False})
        mails = session.scalars(
            sa.select(OutgoingMail.id).where(
                OutgoingMail.document_id == claim.id, OutgoingMail.state == MailState.QUEUED
            )
        )
        copies = session.scalars(
            sa.update(Document)
            .where(
                Document.archived_at.is_(None),
                Document.signature_id.in_(
                    sa.select(Signature.id).where(Signature.version_id == claim.version_id)
                ),
            )
            .values(available_at=at)
            .returning(Document.id)
            .execution_options(synchronize_session=False)
        )
        return [
            *(Owed(OutgoingMail.__tablename__, mail_id, at) for mail_id in mails),
            *(Owed(Document.__tablename__, document_id, at) for document_id in copies),
        ]


def _put_off(claim: Document, error: Exception) -> list[Owed]:
    """Later; a paper that is owed stays owed, however often it fails."""
    words = told(error)
    _log.warning("document %d, attempt %d: %s", claim.id, claim.attempts, words, exc_info=error)
    again = clock.now() + pause_after(claim.attempts)
    with unit_of_work() as session:
        session.execute(
            _ours(claim).values(available_at=again, last_error=words),
            execution_options={"synchronize_session": False},
        )
    return [Owed(Document.__tablename__, claim.id, again)]


def _ours(claim: Document) -> sa.Update:
    """An update of the document as long as nobody else has taken it up."""
    return sa.update(Document).where(
        Document.id == claim.id, Document.archived_at.is_(None), Document.attempts == claim.attempts
    )
