"""Papers asked for by events; the worker makes them after the commit."""

from datetime import datetime

from sqlalchemy.orm import Session

from backoffice.documents.models import Document, DocumentKind
from backoffice.invoices.events import InvoiceIssued
from backoffice.invoices.models import Invoice
from backoffice.quotes.events import QuoteSent, QuoteSigned
from backoffice.quotes.models import Quote, QuoteVersion


def want_quote_document(event: QuoteSent, session: Session) -> None:
    quote, version = _quote_and_version(event, session)
    name = f"{quote.number}-v{version.number}.pdf"
    session.add(_wanted(DocumentKind.QUOTE, name, quote.language, event.at, version_id=version.id))


def want_signed_copy(event: QuoteSigned, session: Session) -> None:
    quote, version = _quote_and_version(event, session)
    name = f"{quote.number}-v{version.number}-{'signe' if quote.language == 'fr' else 'signed'}.pdf"
    session.add(
        _wanted(DocumentKind.SIGNED_QUOTE, name, quote.language, event.at, signature_id=event.signature_id)
    )
    session.flush()  # the mail that carries the copy names it by its id


def want_invoice_document(event: InvoiceIssued, session: Session) -> None:
    invoice = session.get_one(Invoice, event.invoice_id)
    name = f"{event.number}.pdf"
    session.add(_wanted(DocumentKind.INVOICE, name, invoice.language, event.at, invoice_id=invoice.id))


def _quote_and_version(event: QuoteSent | QuoteSigned, session: Session) -> tuple[Quote, QuoteVersion]:
    return session.get_one(Quote, event.quote_id), session.get_one(QuoteVersion, event.version_id)


def _wanted(kind: DocumentKind, file_name: str, language: str, at: datetime, **subject: int) -> Document:
    return Document(
        kind=kind, language=language, file_name=file_name, wanted_at=at, available_at=at, **subject
    )
