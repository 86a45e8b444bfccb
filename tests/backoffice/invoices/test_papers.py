"""The papers of invoices and quotes: coming, late, archived, lost, and who may read them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.db import db
from backoffice.documents.archive import Archive
from backoffice.documents.models import Document, DocumentKind
from backoffice.documents.views import is_late
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.billing import an_issued_invoice, an_order
from tests.factories import a_member, a_sent_quote, an_opportunity, somebody
from tests.reader import PageReader

SignIn = Callable[[int], PageReader]
PDF = b"%PDF-1.7 an invoice\n"


def archived(app: Flask, kind: DocumentKind, data: bytes = PDF) -> Document:
    """As the worker leaves it."""
    archive: Archive = app.extensions["accord.archive"]
    with unit_of_work() as session:
        document = session.scalars(sa.select(Document).where(Document.kind == kind)).one()
        document.sha256, document.size, document.archived_at = archive.keep(data), len(data), clock.now()
        return document


def test_a_paper_that_is_coming_answers_202_and_asks_again(app: Flask, signed_in: SignIn) -> None:
    invoice = an_issued_invoice()
    client = signed_in(a_member(Role.ACCOUNTANT))
    answer = client.get(f"/invoices/{invoice}/invoice.pdf")
    assert (answer.status_code, answer.headers["Refresh"], answer.mimetype) == (202, "2", "text/html")
    assert "http-equiv" not in answer.text


@pytest.mark.parametrize(
    ("attempts", "minutes", "late"), [(0, 0, False), (2, 1, False), (3, 0, True), (0, 3, True)]
)
def test_when_a_paper_is_late(attempts: int, minutes: int, *, late: bool) -> None:
    at = clock.now()
    owed = Document(attempts=attempts, wanted_at=at - timedelta(minutes=minutes), available_at=at)
    assert is_late(owed, at) is late


def test_a_late_paper_says_so(app: Flask, signed_in: SignIn) -> None:
    invoice = an_issued_invoice()
    with unit_of_work() as session:
        session.execute(sa.update(Document).values(attempts=5, last_error="no font"))
    client = signed_in(a_member(Role.ACCOUNTANT))
    answer = client.get(f"/invoices/{invoice}/invoice.pdf")
    assert (answer.status_code, answer.headers["Refresh"]) == (503, "60")
    assert "no font" not in answer.text


def test_an_archived_paper_is_given_byte_for_byte_under_its_name(app: Flask, signed_in: SignIn) -> None:
    invoice = an_issued_invoice()
    archived(app, DocumentKind.INVOICE)
    client = signed_in(a_member(Role.ACCOUNTANT))
    answer = client.get(f"/invoices/{invoice}/invoice.pdf")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, PDF, "application/pdf")
    assert answer.content_length == len(PDF)
    assert "filename=" in answer.headers["Content-Disposition"]
    assert "F-2026-0001" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


def test_an_archive_that_cannot_be_read_is_a_paper_that_is_late(
    app: Flask, signed_in: SignIn, caplog
) -> None:
    """A folder of the archive that is none: reading in it is refused by the system, whoever asks."""
    invoice = an_issued_invoice()
    place = app.extensions["accord.archive"].path(archived(app, DocumentKind.INVOICE, b"%PDF unread").sha256)
    aside = place.parent.rename(place.parent.with_name("aside"))  # other papers may be in it
    place.parent.touch()
    client = signed_in(a_member(Role.ACCOUNTANT))
    answer = client.get(f"/invoices/{invoice}/invoice.pdf")
    place.parent.unlink()
    aside.rename(place.parent)
    assert (answer.status_code, answer.headers["Refresh"], answer.mimetype) == (503, "60", "text/html")
    assert "cannot be read from the archive" in caplog.text


def test_a_paper_lost_from_the_archive_is_not_an_empty_file(app: Flask, signed_in: SignIn) -> None:
    invoice = an_issued_invoice()
    digest = archived(app, DocumentKind.INVOICE, b"%PDF lost").sha256
    app.extensions["accord.archive"].path(digest).unlink()
    client = signed_in(a_member(Role.ACCOUNTANT))
    assert client.get(f"/invoices/{invoice}/invoice.pdf").status_code == 503


@pytest.mark.parametrize(
    ("role", "in_hand", "signed"),
    [(Role.REP, 404, 404), (Role.MANAGER, 503, 503), (Role.ACCOUNTANT, 404, 503), (Role.ADMIN, 503, 503)],
)
def test_who_may_read_the_papers_of_a_quote(
    app: Flask, signed_in: SignIn, role: Role, in_hand: int, signed: int
) -> None:
    """An accountant reads what was signed, not what is being negotiated. (Sent an hour ago, both are late.)"""
    an_order()
    with unit_of_work() as session:
        session.execute(sa.update(Document).values(wanted_at=clock.now() - timedelta(hours=1)))
    a_sent_quote(an_opportunity(1, 1))
    client = signed_in(a_member(role, "autre@atelier-duval.example"))
    ids = dict.fromkeys(
        db.session.scalars(
            sa.select(Document.id).where(Document.kind == DocumentKind.QUOTE).order_by(Document.id)
        )
    )
    first, second = ids
    assert client.get(f"/documents/{first}.pdf").status_code == signed
    assert client.get(f"/documents/{second}.pdf").status_code == in_hand
    copy = db.session.scalars(sa.select(Document.id).where(Document.kind == DocumentKind.SIGNED_QUOTE)).one()
    assert client.get(f"/documents/{copy}.pdf").status_code == signed


def test_the_rep_reads_the_papers_of_the_own_deals(app: Flask, signed_in: SignIn) -> None:
    an_issued_invoice()
    client = signed_in(somebody())
    for document in db.session.scalars(sa.select(Document.id)).all():
        assert client.get(f"/documents/{document}.pdf").status_code in {202, 503}
