"""Invoices and credit notes of some days, one line each: as the paper says it, and how it was paid since."""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement, Select

from backoffice.accounting.span import Span
from backoffice.credit_notes.models import CreditNote
from backoffice.documents.models import Document, DocumentKind
from backoffice.invoices.models import Invoice, InvoiceKind, InvoiceState
from backoffice.orders.models import Order
from backoffice.paging import Ordering
from backoffice.payments.models import Payment
from backoffice.payments.settlement import (
    Settlement,
    credited_of_invoice,
    paid_of_invoice,
    settlement_of,
)
from backoffice.quotes.deposit import DepositKind
from backoffice.quotes.reading import ReadTotals, read_totals


class Series(enum.StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


Key = tuple[str, int]
"""Series and id."""


@dataclass(frozen=True, kw_only=True)
class BookedPaper:
    """A line of the books. ``content``: what the paper says, frozen; ``totals``: a credit note's are negative.

    ``settlement`` and ``paid_on`` (days on which money came or went back, mistaken entries left out) are an
    invoice's, ``credited`` (id and number of the invoice) a credit note's. ``sha256``: of the PDF, once it is made.
    """

    series: Series
    id: int
    number: str
    order_id: int
    issued_on: date
    currency: str
    content: Mapping[str, Any]
    totals: ReadTotals
    sha256: str | None
    kind: InvoiceKind | None = None
    arrhes: bool = False
    due_on: date | None = None
    settlement: Settlement | None = None
    paid_on: Sequence[date] = ()
    credited: tuple[int, str] | None = None

    @property
    def client(self) -> str:
        return str(self.content["client"]["name"])


def in_order(span: Span, *, until: datetime | None = None) -> tuple[Select[str, int], Ordering]:
    """What was issued in these days, as keys: day by day, invoices before credit notes, each series by its numbers.

    ``until``: and before that moment.
    """
    series: tuple[tuple[Series, Any, ColumnElement[bool]], ...] = (
        (Series.INVOICE, Invoice, invoices_issued(span, until)),
        (Series.CREDIT_NOTE, CreditNote, notes_issued(span, until)),
    )
    issued = (
        sa.union_all(
            *(
                sa.select(
                    sa.literal(name.value, sa.String).label("series"),
                    entity.id,
                    entity.issued_on,
                    sa.literal(turn).label("turn"),
                    sa.func.length(entity.number, type_=sa.Integer).label("digits"),  # F-9 comes before F-10
                    entity.number,
                ).where(condition)
                for turn, (name, entity, condition) in enumerate(series)
            )
        )
        .subquery("issued")
        .c
    )
    ordering = Ordering((issued.issued_on, issued.turn, issued.digits, issued.number))
    return sa.select(issued.series, issued.id), ordering


def invoices_issued(span: Span, until: datetime | None = None) -> ColumnElement[bool]:
    """Condition on Invoice."""
    return sa.and_(
        Invoice.issued_on.between(span.first, span.last),
        Invoice.state == InvoiceState.ISSUED,
        sa.true() if until is None else Invoice.listed_at < until,
    )


def notes_issued(span: Span, until: datetime | None = None) -> ColumnElement[bool]:
    """Condition on CreditNote."""
    return sa.and_(
        CreditNote.issued_on.between(span.first, span.last),
        sa.true() if until is None else CreditNote.issued_at < until,
    )


def pdf_of_invoice() -> ColumnElement[bool]:
    """Condition on Document and Invoice."""
    return sa.and_(Document.kind == DocumentKind.INVOICE, Document.invoice_id == Invoice.id)


def pdf_of_note() -> ColumnElement[bool]:
    """Condition on Document and CreditNote."""
    return sa.and_(Document.kind == DocumentKind.CREDIT_NOTE, Document.credit_note_id == CreditNote.id)


def papers_of(session: Session, keys: Iterable[Key], *, today: date) -> list[BookedPaper]:
    """Those of ``keys``, in their order, from three statements."""
    wanted = list(keys)
    found = {
        **_invoices(session, [key for series, key in wanted if series == Series.INVOICE], today),
        **_notes(session, [key for series, key in wanted if series == Series.CREDIT_NOTE]),
    }
    return [found[key] for key in wanted]


def _invoices(session: Session, ids: Sequence[int], today: date) -> dict[Key, BookedPaper]:
    rows = session.execute(
        sa.select(Invoice, Order.deposit_kind, Document.sha256, paid_of_invoice(), credited_of_invoice())
        .join(Order, Order.id == Invoice.order_id)
        .outerjoin(Document, pdf_of_invoice())
        .where(Invoice.id.in_(ids))
    )
    paid_on = _days_paid(session, ids)
    return {
        (Series.INVOICE, invoice.id): BookedPaper(
            series=Series.INVOICE,
            id=invoice.id,
            number=str(invoice.number),
            order_id=invoice.order_id,
            issued_on=date.fromisoformat((content := invoice.read())["issued_on"]),
            currency=invoice.currency,
            content=content,
            totals=read_totals(content["totals"]),
            sha256=sha256,
            kind=invoice.kind,
            arrhes=deposit is DepositKind.ARRHES,
            due_on=invoice.due_on,
            settlement=settlement_of(invoice, paid=paid, credited=credited, today=today),
            paid_on=paid_on.get(invoice.id, ()),
        )
        for invoice, deposit, sha256, paid, credited in rows
    }


def _days_paid(session: Session, ids: Sequence[int]) -> dict[int, list[date]]:
    reverse = sa.orm.aliased(Payment)
    rows = session.execute(
        sa.select(Payment.invoice_id, Payment.paid_on)
        .where(
            Payment.invoice_id.in_(ids),
            Payment.reverses_id.is_(None),
            ~sa.exists().where(reverse.reverses_id == Payment.id),
        )
        .distinct()
        .order_by(Payment.paid_on)
    )
    found: dict[int, list[date]] = {}
    for invoice_id, day in rows:
        found.setdefault(invoice_id, []).append(day)
    return found


def _notes(session: Session, ids: Sequence[int]) -> dict[Key, BookedPaper]:
    rows = session.execute(
        sa.select(CreditNote, Document.sha256)
        .outerjoin(Document, pdf_of_note())
        .where(CreditNote.id.in_(ids))
    )
    return {
        (Series.CREDIT_NOTE, note.id): BookedPaper(
            series=Series.CREDIT_NOTE,
            id=note.id,
            number=note.number,
            order_id=note.order_id,
            issued_on=note.issued_on,
            currency=note.currency,
            content=(content := note.read()),
            totals=-read_totals(content["totals"]),
            sha256=sha256,
            credited=(note.invoice_id, content["invoice"]["number"]),
        )
        for note, sha256 in rows
    }
