"""Recording what was paid on an invoice, and putting a mistaken entry right by a reverse one."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.credit_notes.models import CreditNote
from backoffice.credit_notes.refusals import NotIssued
from backoffice.errors import NotFound, StaleRevision
from backoffice.invoices.models import Invoice, InvoiceState
from backoffice.money import ZERO, rounded, step_of
from backoffice.orders.models import Order
from backoffice.payments.events import PaymentRecorded, PaymentReversed
from backoffice.payments.models import Method, Payment
from backoffice.payments.refusals import (
    A_MOMENT,
    AlreadyReversed,
    NothingOpen,
    NotReversible,
    NotYet,
    Overpaid,
    TooFine,
    TooMuchBack,
)
from backoffice.payments.settlement import Settlement, settlement_of


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What was typed: ``amount`` is positive whichever way it went; ``known``: how many entries the reader saw."""

    amount: Decimal
    paid_on: date
    method: Method
    reference: str
    known: int


def record_payment(
    session: Session, invoice_id: int, receipt: Receipt, *, by: int, at: datetime, today: date
) -> Payment:
    """Money received; or given back, when the invoice was credited after it was paid.

    Raises NotIssued, StaleRevision, NotYet, TooFine, NothingOpen, Overpaid, TooMuchBack.
    """
    invoice = _invoice_to_settle(session, invoice_id)
    if invoice.state is not InvoiceState.ISSUED:
        raise NotIssued(invoice=invoice.id)
    entries = (
        session.scalar(sa.select(sa.func.count(Payment.id)).where(Payment.invoice_id == invoice.id)) or 0
    )
    if receipt.known != entries:
        raise StaleRevision(opened=receipt.known, stored=entries)
    settlement = settlement_now(session, invoice, today)
    _refuse_impossible(invoice, settlement, receipt, today)
    payment = Payment(
        invoice_id=invoice.id,
        amount=receipt.amount if settlement.open > 0 else -receipt.amount,
        paid_on=receipt.paid_on,
        method=receipt.method,
        reference=receipt.reference,
        recorded_at=at,
        recorded_by=by,
    )
    session.add(payment)
    session.flush()  # the payment gets its id, which the event carries
    payment.record(
        PaymentRecorded(
            payment_id=payment.id,
            invoice_id=invoice.id,
            opportunity_id=_deal(session, invoice),
            amount=payment.amount,
            by=by,
            at=at,
        )
    )
    return payment


def reverse_payment(session: Session, payment_id: int, *, by: int, at: datetime, today: date) -> Payment:
    """Undo a mistaken entry with one of the opposite amount, of today. Raises AlreadyReversed, NotReversible."""
    found = session.get(Payment, payment_id)
    if found is None:
        raise NotFound(payment=payment_id)
    invoice = _invoice_to_settle(session, found.invoice_id)
    if found.reverses_id is not None:
        raise NotReversible(payment=payment_id)
    if session.scalar(sa.select(Payment.id).where(Payment.reverses_id == found.id)) is not None:
        raise AlreadyReversed(payment=payment_id)
    reverse = Payment(
        invoice_id=found.invoice_id,
        amount=-found.amount,
        paid_on=today,
        method=found.method,
        reference=found.reference,
        reverses_id=found.id,
        recorded_at=at,
        recorded_by=by,
    )
    session.add(reverse)
    session.flush()  # the entry gets its id, which the event carries
    reverse.record(
        PaymentReversed(
            payment_id=reverse.id,
            invoice_id=invoice.id,
            opportunity_id=_deal(session, invoice),
            amount=found.amount,
            by=by,
            at=at,
        )
    )
    return reverse


def recorded_a_moment_ago(
    session: Session, invoice_id: int, receipt: Receipt, *, by: int, at: datetime
) -> bool:
    """Whether the same member has just recorded the same: the form came twice."""
    same = (Payment.paid_on == receipt.paid_on) & (Payment.method == receipt.method)
    return (
        session.scalar(
            sa.select(Payment.id)
            .where(Payment.invoice_id == invoice_id, Payment.recorded_by == by)
            .where(same, Payment.reference == receipt.reference, Payment.recorded_at > at - A_MOMENT)
            .where(Payment.amount.in_([receipt.amount, -receipt.amount]), Payment.reverses_id.is_(None))
            .limit(1)
        )
        is not None
    )


def settlement_now(session: Session, invoice: Invoice, today: date) -> Settlement:
    paid = session.scalar(sa.select(sa.func.sum(Payment.amount)).where(Payment.invoice_id == invoice.id))
    credited = session.scalar(
        sa.select(sa.func.sum(CreditNote.gross)).where(CreditNote.invoice_id == invoice.id)
    )
    return settlement_of(invoice, paid=paid or ZERO, credited=credited or ZERO, today=today)


def _refuse_impossible(invoice: Invoice, settlement: Settlement, receipt: Receipt, today: date) -> None:
    if receipt.paid_on > today:
        raise NotYet(today=today)
    if receipt.amount != rounded(receipt.amount, step_of(invoice.currency)):
        raise TooFine(currency=invoice.currency)
    if settlement.open == 0:
        raise NothingOpen(invoice=invoice.number)
    if settlement.open > 0 and receipt.amount > settlement.open:
        raise Overpaid(open=settlement.open, currency=invoice.currency)
    if settlement.open < 0 and receipt.amount > -settlement.open:
        raise TooMuchBack(due=-settlement.open, currency=invoice.currency)


def _invoice_to_settle(session: Session, invoice_id: int) -> Invoice:
    """Locked: two payments recorded at once see each other."""
    invoice = session.scalar(sa.select(Invoice).where(Invoice.id == invoice_id).with_for_update(of=Invoice))
    if invoice is None:
        raise NotFound(invoice=invoice_id)
    return invoice


def _deal(session: Session, invoice: Invoice) -> int:
    return session.get_one(Order, invoice.order_id).opportunity_id
