"""Papers asked for by events; the worker makes them after the commit."""

from sqlalchemy.orm import Session

from backoffice.documents.models import Document, DocumentKind
from backoffice.invoices.events import InvoiceIssued
from backoffice.invoices.models import Invoice
from backoffice.quotes.events import QuoteSent, QuoteSigned
from backoffice.quotes.models import Quote, QuoteVersion


def want_quote_document(event: QuoteSent, session: Session) -> None:
    quote = session.get_one(Quote, event.quote_id)
    version = session.get_one(QuoteVersion, event.version_id)
    session.add(
        Document(
            kind=DocumentKind.QUOTE,
            version_id=version.id,
            language=quote.language,
            file_name=f"{quote.number}-v{version.number}.pdf",
            wanted_at=event.at,
            available_at=event.at,
        )
    )


def want_signed_copy(event: QuoteSigned, session: Session) -> None:
    quote = session.get_one(Quote, event.quote_id)
    version = session.get_one(QuoteVersion, event.version_id)
    suffix = "signe" if quote.language == "fr" else "signed"
    session.add(
        Document(
            kind=DocumentKind.SIGNED_QUOTE,
            signature_id=event.signature_id,
            language=quote.language,
            file_name=f"{quote.number}-v{version.number}-{suffix}.pdf",
            wanted_at=event.at,
            available_at=event.at,
        )
    )
    session.flush()  # the mail that carries the copy names it by its id


def want_invoice_document(event: InvoiceIssued, session: Session) -> None:
    invoice = session.get_one(Invoice, event.invoice_id)
    session.add(
        Document(
            kind=DocumentKind.INVOICE,
            invoice_id=invoice.id,
            language=invoice.language,
            file_name=f"{event.number}.pdf",
            wanted_at=event.at,
            available_at=event.at,
        )
    )
