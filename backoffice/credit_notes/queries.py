"""What pages load of credit notes. ``whose`` is a condition on Opportunity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql import ColumnElement

from backoffice.credit_notes.crediting import Credited
from backoffice.credit_notes.models import CreditNote
from backoffice.errors import NotFound
from backoffice.invoices.lines import ShownLine, frozen_line
from backoffice.invoices.models import Invoice, InvoiceLine
from backoffice.opportunities.models import Opportunity
from backoffice.orders.chain import Chain, chain_of
from backoffice.orders.models import Order
from backoffice.quotes.reading import ReadTotals, read_totals


@dataclass(frozen=True)
class CreditNoteSheet:
    note: CreditNote
    invoice: Invoice
    order: Order
    chain: Chain
    totals: ReadTotals
    lines: Sequence[ShownLine]


@dataclass(frozen=True)
class ToCredit:
    """An invoice that is to be credited, with what is left of each line."""

    invoice: Invoice
    chain: Chain
    notes: list[CreditNote]
    credited: Credited

    @property
    def left(self) -> list[InvoiceLine]:
        return [line for line in self.invoice.lines if self.credited.remaining(line)]


def credit_note_sheet(
    session: Session, credit_note_id: int, whose: ColumnElement[bool], *, today: date
) -> CreditNoteSheet:
    """Everything the page of a credit note shows. Raises NotFound for unknown and foreign alike."""
    note = session.scalar(
        sa.select(CreditNote)
        .join(Order, Order.id == CreditNote.order_id)
        .join(Opportunity, Opportunity.id == Order.opportunity_id)
        .where(CreditNote.id == credit_note_id, whose)
        .options(selectinload(CreditNote.invoice))
    )
    if note is None:
        raise NotFound(credit_note=credit_note_id)
    order = _order(session, note.order_id)
    chain = chain_of(session, order, today)
    content = note.read()
    lines = [frozen_line(line) for line in content["lines"]]
    return CreditNoteSheet(note, note.invoice, order, chain, read_totals(content["totals"]), lines)


def refuse_foreign_credit_note(session: Session, credit_note_id: int, whose: ColumnElement[bool]) -> None:
    """Raises NotFound unless the credit note exists and is of a deal that ``whose`` allows."""
    found = session.scalar(
        sa.select(CreditNote.id)
        .join(Order, Order.id == CreditNote.order_id)
        .join(Opportunity, Opportunity.id == Order.opportunity_id)
        .where(CreditNote.id == credit_note_id, whose)
    )
    if found is None:
        raise NotFound(credit_note=credit_note_id)


def invoice_to_credit(
    session: Session, invoice_id: int, whose: ColumnElement[bool], *, today: date
) -> ToCredit:
    """The invoice with what was credited of it. Raises NotFound for unknown and foreign alike."""
    order_id = session.scalar(
        sa.select(Order.id)
        .join(Invoice, Invoice.order_id == Order.id)
        .join(Opportunity, Opportunity.id == Order.opportunity_id)
        .where(Invoice.id == invoice_id, whose)
    )
    if order_id is None:
        raise NotFound(invoice=invoice_id)
    chain = chain_of(session, _order(session, order_id), today)
    entry = chain.of(invoice_id)
    if entry is None:  # a discarded draft
        raise NotFound(invoice=invoice_id)
    notes = list(entry.notes)
    return ToCredit(entry.invoice, chain, notes, Credited.by(notes))


def _order(session: Session, order_id: int) -> Order:
    return session.scalars(
        sa.select(Order).where(Order.id == order_id).options(selectinload(Order.lines))
    ).one()
