"""How an invoice stands: what was paid and credited of it, and the word for that. Derived, never stored."""

import enum
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.sql import ColumnElement

from backoffice.credit_notes.models import CreditNote
from backoffice.invoices.models import Invoice, InvoiceState
from backoffice.money import ZERO
from backoffice.payments.models import Payment


class Stage(enum.StrEnum):
    DRAFT = "draft"
    DISCARDED = "discarded"
    ISSUED = "issued"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    OVERDUE = "overdue"
    CREDITED = "credited"
    TO_REFUND = "to_refund"

    def chip(self) -> tuple[str, str]:
        """Label and tone for the chip component."""
        return {
            Stage.DRAFT: (gettext("Draft"), "note"),
            Stage.DISCARDED: (gettext("Discarded"), ""),
            Stage.ISSUED: (gettext("Issued"), "note"),
            Stage.PARTLY_PAID: (gettext("Partly paid"), "warn"),
            Stage.PAID: (gettext("Paid"), "good"),
            Stage.OVERDUE: (gettext("Overdue"), "stop"),
            Stage.CREDITED: (gettext("Credited"), ""),
            Stage.TO_REFUND: (gettext("To pay back"), "warn"),
        }[self]


@dataclass(frozen=True)
class Settlement:
    """``open``: what the client still owes; negative when money is to go back to them."""

    stage: Stage
    paid: Decimal
    credited: Decimal
    open: Decimal

    @property
    def chip(self) -> tuple[str, str]:
        return self.stage.chip()

    @property
    def to_refund(self) -> Decimal:
        return max(ZERO, -self.open)


def settlement_of(invoice: Invoice, *, paid: Decimal, credited: Decimal, today: date) -> Settlement:
    """``paid`` and ``credited``: the sums of its payments and credit notes; overdue from the day after the due date."""
    owed = invoice.gross - credited - paid
    return Settlement(_stage(invoice, paid, credited, owed, today), paid, credited, owed)


def _stage(invoice: Invoice, paid: Decimal, credited: Decimal, owed: Decimal, today: date) -> Stage:
    if invoice.state is not InvoiceState.ISSUED:
        return Stage(invoice.state.value)
    if owed < 0:
        return Stage.TO_REFUND
    if owed == 0:
        return Stage.CREDITED if credited and credited == invoice.gross else Stage.PAID
    if invoice.due_on is not None and invoice.due_on < today:
        return Stage.OVERDUE
    return Stage.PARTLY_PAID if paid > 0 else Stage.ISSUED


def paid_of_invoice() -> ColumnElement[Decimal]:
    """The sum of the payments of the Invoice of the query around it."""
    found = sa.select(sa.func.coalesce(sa.func.sum(Payment.amount), sa.literal(ZERO, Payment.amount.type)))
    return found.where(Payment.invoice_id == Invoice.id).correlate(Invoice).scalar_subquery()


def credited_of_invoice() -> ColumnElement[Decimal]:
    """The sum of the credit notes of the Invoice of the query around it."""
    found = sa.select(
        sa.func.coalesce(sa.func.sum(CreditNote.gross), sa.literal(ZERO, CreditNote.gross.type))
    )
    return found.where(CreditNote.invoice_id == Invoice.id).correlate(Invoice).scalar_subquery()
