"""What became of one order of the demonstration: deposit, part invoice, credit note and payments, by their own acts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.credit_notes.issuing import Wish, credit_invoice
from backoffice.db import db
from backoffice.invoices.billed import order_to_bill
from backoffice.invoices.drafting import draft_invoice, draft_part
from backoffice.invoices.issuing import issue_invoice
from backoffice.invoices.models import Invoice, InvoiceKind, InvoiceState
from backoffice.orders.models import Order
from backoffice.payments.models import Method, Payment
from backoffice.payments.recording import Receipt, record_payment
from backoffice.seller.models import ONLY, Seller
from backoffice.work import unit_of_work

HALF, HOURS_TOO_MANY, PART_PAID = Decimal("0.5"), Decimal(2), Decimal("1000.00")
REASON = "Deux heures de pose comptées en trop."


@dataclass(frozen=True)
class Day:
    """Who bills, and when."""

    by: int
    at: datetime
    today: date


def bill(opportunity_id: int, *, by: int, at: datetime) -> None:
    """From wherever an earlier load left it."""
    order_id = db.session.scalars(sa.select(Order.id).where(Order.opportunity_id == opportunity_id)).one()
    day = Day(by, at, clock.day_of(at, db.session.get_one(Seller, ONLY).timezone))
    deposit = _issued(order_id, InvoiceKind.DEPOSIT, _deposit, day)
    _pay(deposit, None, day)
    part = _issued(order_id, InvoiceKind.PART, _half, day)
    with unit_of_work() as session:
        account = order_to_bill(session, order_id)
        if not account.notes:
            hours = next(each for each in account.issued if each.id == part).lines[-1]
            wish = Wish(quantities={hours.id: HOURS_TOO_MANY}, reason=REASON, known=0)
            credit_invoice(session, part, wish, by=by, at=at, today=lambda: day.today)
    _pay(part, PART_PAID, day)


def _deposit(session: Session, order_id: int, day: Day) -> Invoice:
    return draft_invoice(session, order_id, by=day.by, at=day.at, kind=InvoiceKind.DEPOSIT)


def _half(session: Session, order_id: int, day: Day) -> Invoice:
    lines = order_to_bill(session, order_id).order.lines
    return draft_part(
        session, order_id, {line.id: line.quantity * HALF for line in lines}, by=day.by, at=day.at
    )


def _issued(order_id: int, kind: InvoiceKind, draft: Callable[[Session, int, Day], Invoice], day: Day) -> int:
    """The id of the order's invoice of that kind, drafted and issued unless it was."""
    with unit_of_work() as session:
        invoice = session.scalar(
            sa.select(Invoice).where(Invoice.order_id == order_id, Invoice.kind == kind)
        ) or draft(session, order_id, day)
        session.flush()
        if invoice.state is InvoiceState.DRAFT:
            issue_invoice(
                session,
                invoice.id,
                revision=invoice.revision,
                by=day.by,
                at=day.at,
                today=lambda: day.today,
            )
        return invoice.id


def _pay(invoice_id: int, amount: Decimal | None, day: Day) -> None:
    """``amount`` None: all of it. Once."""
    with unit_of_work() as session:
        if session.scalar(sa.select(Payment.id).where(Payment.invoice_id == invoice_id)) is not None:
            return
        invoice = session.get_one(Invoice, invoice_id)
        receipt = Receipt(
            amount=amount or invoice.gross,
            paid_on=day.today,
            method=Method.TRANSFER,
            reference=f"VIR {invoice.number}",
            known=0,
        )
        record_payment(session, invoice_id, receipt, by=day.by, at=day.at, today=day.today)
