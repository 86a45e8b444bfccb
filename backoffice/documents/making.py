"""What a wanted document is made of: loaded in a short transaction, made into HTML outside of it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from backoffice.credit_notes.models import CreditNote
from backoffice.documents.appearance import Appearance
from backoffice.documents.credit_note import credit_note_html
from backoffice.documents.invoice import invoice_html
from backoffice.documents.models import Document, DocumentKind
from backoffice.documents.paper import Page, Render
from backoffice.documents.quote import quote_html
from backoffice.documents.signature_page import signature_page_html
from backoffice.invoices.models import Invoice
from backoffice.quotes.models import QuoteVersion
from backoffice.seller.models import ONLY, Seller
from backoffice.signatures.models import Signature

MAKERS = {
    DocumentKind.QUOTE: quote_html,
    DocumentKind.INVOICE: invoice_html,
    DocumentKind.CREDIT_NOTE: credit_note_html,
}


@dataclass(frozen=True, kw_only=True)
class Making:
    """All that one document needs; ``quote_document_id`` and ``quote_sha256`` are of the paper that was signed."""

    kind: DocumentKind
    language: str
    content: dict[str, Any]
    appearance: Appearance
    signature: Signature | None = None
    quote_document_id: int | None = None
    quote_sha256: str | None = None

    def page(self, render: Render) -> Page:
        """The document's HTML; of a signed quote only the page that follows it. ``render`` speaks ``language``."""
        if self.signature is not None:
            return signature_page_html(
                self.signature, self.content, self.language, render=render, appearance=self.appearance
            )
        return MAKERS[self.kind](self.content, self.language, render=render, appearance=self.appearance)


def making_of(session: Session, document: Document) -> Making:
    """Load what ``document`` shows."""
    common: dict[str, Any] = {
        "kind": document.kind,
        "language": document.language,
        "appearance": _appearance(session.get_one(Seller, ONLY)),
    }
    if document.kind is DocumentKind.INVOICE:
        return Making(content=session.get_one(Invoice, document.invoice_id).read(), **common)
    if document.kind is DocumentKind.CREDIT_NOTE:
        return Making(content=session.get_one(CreditNote, document.credit_note_id).read(), **common)
    if document.kind is DocumentKind.QUOTE:
        return Making(content=session.get_one(QuoteVersion, document.version_id).read(), **common)
    signature = session.scalars(
        sa.select(Signature)
        .where(Signature.id == document.signature_id)
        .options(selectinload(Signature.texts))
    ).one()
    quote_document = session.scalars(
        sa.select(Document).where(
            Document.kind == DocumentKind.QUOTE, Document.version_id == signature.version_id
        )
    ).one()
    return Making(
        content=session.get_one(QuoteVersion, signature.version_id).read(),
        signature=signature,
        quote_document_id=quote_document.id,
        quote_sha256=quote_document.sha256,
        **common,
    )


def _appearance(seller: Seller) -> Appearance:
    if not seller.logo:
        return Appearance(colour=seller.colour)
    return Appearance(colour=seller.colour, logo=seller.logo, logo_type=seller.logo_type)
