"""Which archived paper belongs to what, and who may see it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from backoffice.acceptances.models import Acceptance
from backoffice.credit_notes.models import CreditNote
from backoffice.documents.models import Document, DocumentKind
from backoffice.errors import NotFound
from backoffice.invoices.models import Invoice
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.signatures.models import Signature


def document_of_invoice(session: Session, invoice_id: int) -> Document:
    """Its PDF. Raises NotFound when none was ever wanted."""
    return _only(session, DocumentKind.INVOICE, Document.invoice_id == invoice_id)


def document_of_credit_note(session: Session, credit_note_id: int) -> Document:
    """Its PDF. Raises NotFound when none was ever wanted."""
    return _only(session, DocumentKind.CREDIT_NOTE, Document.credit_note_id == credit_note_id)


def document_seen_by(
    session: Session, document_id: int, *, deals: ColumnElement[bool], papers: ColumnElement[bool]
) -> Document:
    """A document of a deal that one may see. Raises NotFound for unknown and foreign alike.

    ``deals``: condition on Opportunity for quotes in hand; ``papers``: for what was agreed on or invoiced,
    the quote itself included.
    """
    agreed = sa.or_(
        sa.exists().where(Signature.version_id == Document.version_id),
        sa.exists().where(Acceptance.version_id == Document.version_id),
    )
    of_a_quote_in_hand = sa.and_(Document.kind == DocumentKind.QUOTE, sa.not_(agreed))
    allowed = sa.case((of_a_quote_in_hand, deals), else_=papers)
    document = session.scalar(
        sa.select(Document)
        .join(Opportunity, Opportunity.id == _deal())
        .where(Document.id == document_id, allowed)
    )
    if document is None:
        raise NotFound(document=document_id)
    return document


def _only(session: Session, kind: DocumentKind, condition: ColumnElement[bool]) -> Document:
    document = session.scalar(sa.select(Document).where(Document.kind == kind, condition))
    if document is None:
        raise NotFound(kind=kind.value)
    return document


def _deal() -> ColumnElement[int]:
    """The id of the opportunity that a document is about, whatever its kind."""
    of_quote = sa.select(Quote.opportunity_id)
    return sa.func.coalesce(
        of_quote.join(QuoteVersion, QuoteVersion.quote_id == Quote.id)
        .where(QuoteVersion.id == Document.version_id)
        .correlate(Document)
        .scalar_subquery(),
        of_quote.join(Signature, Signature.quote_id == Quote.id)
        .where(Signature.id == Document.signature_id)
        .correlate(Document)
        .scalar_subquery(),
        sa.select(Order.opportunity_id)
        .join(Invoice, Invoice.order_id == Order.id)
        .where(Invoice.id == Document.invoice_id)
        .correlate(Document)
        .scalar_subquery(),
        sa.select(Order.opportunity_id)
        .join(CreditNote, CreditNote.order_id == Order.id)
        .where(CreditNote.id == Document.credit_note_id)
        .correlate(Document)
        .scalar_subquery(),
    )
