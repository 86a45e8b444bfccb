"""Every act of billing moves the balances, in its own transaction.

By what the act changes, not by adding up anew: of two acts at once, each takes its part from what the other left.
"""

from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.balances.models import InvoiceBalance, OrderBalance
from backoffice.credit_notes.events import CreditNoteIssued
from backoffice.credit_notes.models import CreditNote
from backoffice.invoices.events import InvoiceIssued
from backoffice.invoices.models import Invoice
from backoffice.orders.events import OrderPlaced
from backoffice.orders.models import Order
from backoffice.payments.events import PaymentRecorded, PaymentReversed


def open_order(event: OrderPlaced, session: Session) -> None:
    """All of it is to be invoiced."""
    session.add(OrderBalance(order_id=event.order_id, open=session.get_one(Order, event.order_id).gross))


def owe_invoice(event: InvoiceIssued, session: Session) -> None:
    """The client owes it, and so much less of the order is to be invoiced."""
    invoice = session.get_one(Invoice, event.invoice_id)
    session.add(InvoiceBalance(invoice_id=invoice.id, due_on=invoice.due_on, open=invoice.gross))
    _move_order(session, event.order_id, -invoice.gross)


def take_back(event: CreditNoteIssued, session: Session) -> None:
    """The client owes so much less, and so much more of the order can be invoiced."""
    gross = session.get_one(CreditNote, event.credit_note_id).gross
    _move_invoice(session, event.invoice_id, -gross)
    _move_order(session, event.order_id, gross)


def settle(event: PaymentRecorded, session: Session) -> None:
    _move_invoice(session, event.invoice_id, -event.amount)


def owe_again(event: PaymentReversed, session: Session) -> None:
    _move_invoice(session, event.invoice_id, event.amount)


def _move_order(session: Session, order_id: int, by: Decimal) -> None:
    moved = sa.update(OrderBalance).where(OrderBalance.order_id == order_id)
    session.execute(
        moved.values(open=OrderBalance.open + sa.literal(by, OrderBalance.open.type)),
        execution_options={"synchronize_session": False},
    )


def _move_invoice(session: Session, invoice_id: int, by: Decimal) -> None:
    moved = sa.update(InvoiceBalance).where(InvoiceBalance.invoice_id == invoice_id)
    session.execute(
        moved.values(open=InvoiceBalance.open + sa.literal(by, InvoiceBalance.open.type)),
        execution_options={"synchronize_session": False},
    )
