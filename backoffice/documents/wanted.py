"""Papers asked for by events; the worker makes them after the commit."""

from datetime import datetime

from sqlalchemy.orm import Session

from backoffice.credit_notes.events import CreditNoteIssued
from backoffice.credit_notes.models import CreditNote
from backoffice.documents.models import Document, DocumentKind
from backoffice.invoices.events import InvoiceIssued
from backoffice.invoices.models import Invoice
from backoffice.quotes.events import QuoteSent, QuoteSigned
from backoffice.quotes.models import QuoteVersion


def want_quote_document(event: QuoteSent, session: Session) -> None:
    content = session.get_one(QuoteVersion, event.version_id).read()
    name = f"{content['number']}-v{content['version']}.pdf"
    session.add(_wanted(DocumentKind.QUOTE, name, content["language"], event.at, version_id=event.version_id))


def want_signed_copy(event: QuoteSigned, session: Session) -> None:
    # As frozen: the paper's language may have changed since, for a version to come.
    content = session.get_one(QuoteVersion, event.version_id).read()
    language = content["language"]
    name = f"{content['number']}-v{content['version']}-{'signe' if language == 'fr' else 'signed'}.pdf"
    session.add(_wanted(DocumentKind.SIGNED_QUOTE, name, language, event.at, signature_id=event.signature_id))
    session.flush()  # the mail that carries the copy names it by its id


def want_invoice_document(event: InvoiceIssued, session: Session) -> None:
    invoice = session.get_one(Invoice, event.invoice_id)
    name = f"{event.number}.pdf"
    session.add(_wanted(DocumentKind.INVOICE, name, invoice.language, event.at, invoice_id=invoice.id))


def want_credit_note_document(event: CreditNoteIssued, session: Session) -> None:
    note = session.get_one(CreditNote, event.credit_note_id)
    name = f"{event.number}.pdf"
    session.add(_wanted(DocumentKind.CREDIT_NOTE, name, note.language, event.at, credit_note_id=note.id))


def _wanted(kind: DocumentKind, file_name: str, language: str, at: datetime, **subject: int) -> Document:
    return Document(
        kind=kind, language=language, file_name=file_name, wanted_at=at, available_at=at, **subject
    )
