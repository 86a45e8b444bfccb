"""Which invoice a payment is of, and who may see it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from backoffice.errors import NotFound
from backoffice.invoices.models import Invoice
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.payments.models import Payment


def invoice_of_payment(session: Session, payment_id: int, whose: ColumnElement[bool]) -> int:
    """Its id. Raises NotFound for unknown and foreign alike; ``whose`` is a condition on Opportunity."""
    found = session.scalar(
        sa.select(Payment.invoice_id)
        .join(Invoice, Invoice.id == Payment.invoice_id)
        .join(Order, Order.id == Invoice.order_id)
        .join(Opportunity, Opportunity.id == Order.opportunity_id)
        .where(Payment.id == payment_id, whose)
    )
    if found is None:
        raise NotFound(payment=payment_id)
    return found
