"""Papers are made once, in their order, and what waits for them leaves with them."""

import hashlib
import io
from collections.abc import Callable
from datetime import timedelta

import pypdf
import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.archiving import archive_document
from backoffice.db import db
from backoffice.delivery import deliver_mail
from backoffice.documents.models import Document, DocumentKind
from backoffice.notifications.models import MailKind, MailState, OutgoingMail
from backoffice.outbox import due
from backoffice.work import unit_of_work
from tests.factories import a_sent_quote, a_signed_quote

Row = Callable[[int], OutgoingMail]


def document(kind: DocumentKind) -> Document:
    with unit_of_work() as session:
        return session.scalars(sa.select(Document).where(Document.kind == kind)).one()


def mail_id_of(kind: MailKind) -> int:
    with unit_of_work() as session:
        return session.scalars(sa.select(OutgoingMail.id).where(OutgoingMail.kind == kind)).one()


@pytest.fixture
def archive(app: Flask):
    return app.extensions["accord.archive"]


def test_the_quote_is_archived_once_with_its_hash(app: Flask, archive):
    a_sent_quote()
    wanted = document(DocumentKind.QUOTE)
    archive_document(wanted.id, clock.now())
    kept = document(DocumentKind.QUOTE)
    data = archive.read(kept.sha256)
    assert (kept.size, kept.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert data.startswith(b"%PDF-")
    assert archive_document(wanted.id, clock.now() + timedelta(days=1)) == []
    assert document(DocumentKind.QUOTE).archived_at == kept.archived_at
    assert [owed.table for owed in due(db.session(), clock.now())] == ["outgoing_mails"]


def test_the_signed_copy_has_the_quote_made_first_and_its_mail_follows(served, archive, mail_row: Row):
    a_signed_quote()
    copy = document(DocumentKind.SIGNED_QUOTE)
    mail_id = mail_id_of(MailKind.QUOTE_SIGNED_CLIENT)
    assert deliver_mail(mail_id, clock.now()) == []
    assert (mail_row(mail_id).state, mail_row(mail_id).attempts) == (MailState.QUEUED, 0)
    assert mail_id not in [
        owed.row_id for owed in due(db.session(), clock.now()) if owed.table == "outgoing_mails"
    ]

    owed = archive_document(copy.id, clock.now())
    quote = document(DocumentKind.QUOTE)
    assert quote.archived_at is not None
    assert copy.id in [each.row_id for each in owed if each.table == "documents"]
    owed = archive_document(copy.id, clock.now())
    assert [(each.table, each.row_id) for each in owed] == [("outgoing_mails", mail_id)]

    signed = archive.read(document(DocumentKind.SIGNED_QUOTE).sha256)
    assert signed.startswith(archive.read(quote.sha256))
    pages = pypdf.PdfReader(io.BytesIO(signed)).pages
    assert len(pages) == len(pypdf.PdfReader(io.BytesIO(archive.read(quote.sha256))).pages) + 1
    assert "Claire Moreau" in pages[-1].extract_text()

    deliver_mail(mail_id, clock.now())
    assert mail_row(mail_id).state is MailState.SENT, mail_row(mail_id).last_error
    (attached,) = served.only().iter_attachments()
    assert attached.get_content() == signed
    assert attached.get_filename() == copy.file_name


def test_a_paper_being_made_by_another_is_left_alone(app: Flask):
    a_sent_quote()
    wanted, at = document(DocumentKind.QUOTE), clock.now()
    with unit_of_work() as session:
        session.get_one(Document, wanted.id).available_at = at + timedelta(seconds=60)
    assert archive_document(wanted.id, at) == []
    assert document(DocumentKind.QUOTE).attempts == 0


def test_a_paper_that_cannot_be_made_is_tried_again_later(app: Flask):
    a_sent_quote()
    wanted, renderer = document(DocumentKind.QUOTE), app.extensions["accord.renderer"]
    app.extensions["accord.renderer"] = None
    try:
        (owed,) = archive_document(wanted.id, clock.now())
    finally:
        app.extensions["accord.renderer"] = renderer
    failed = document(DocumentKind.QUOTE)
    assert (failed.archived_at, failed.attempts, failed.last_error) == (None, 1, "AttributeError")
    assert owed.at == failed.available_at > clock.now()
    archive_document(wanted.id, owed.at)
    assert document(DocumentKind.QUOTE).archived_at is not None
