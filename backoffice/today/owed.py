"""Invoices that wait: drafts to issue, and those that clients should have paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, defer
from sqlalchemy.sql import Select

from backoffice.balances.models import InvoiceBalance
from backoffice.clients.models import Client
from backoffice.invoices.models import Invoice, InvoiceState
from backoffice.money import ZERO
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.paging import Ordering
from backoffice.payments.settlement import credited_of_invoice, paid_of_invoice
from backoffice.staff.models import StaffMember
from backoffice.today.sight import LOOKED_BACK, Sight

NEWEST = Ordering((Invoice.order_id,), descending=True)
"""Of drafts, of which an order has one: the order of their partial index."""
DUE_LAST = Ordering((InvoiceBalance.due_on, InvoiceBalance.invoice_id), descending=True)


@dataclass(frozen=True, kw_only=True)
class WaitingInvoice:
    """``open``: what is owed, VAT included; ``days`` over the due date, 0 for a draft."""

    invoice: Invoice
    owner: str
    open: Decimal
    days: int
    phone: str


def drafts(sight: Sight) -> Select[*tuple[Any, ...]]:
    return _invoices(sight).where(Invoice.state == InvoiceState.DRAFT)


def overdue(sight: Sight) -> Select[*tuple[Any, ...]]:
    """The condition of the balances' partial index stands here as there, word for word."""
    return (
        _invoices(sight)
        .join(InvoiceBalance, InvoiceBalance.invoice_id == Invoice.id)
        .where(
            sa.text("invoice_balances.open <> 0"),
            InvoiceBalance.open > sa.literal(ZERO, InvoiceBalance.open.type),
            InvoiceBalance.due_on < sight.today,
            InvoiceBalance.due_on >= sight.today - LOOKED_BACK,
        )
    )


def waiting_invoices(rows: Sequence[Any], sight: Sight) -> list[WaitingInvoice]:
    return [
        WaitingInvoice(
            invoice=invoice,
            owner=owner,
            open=invoice.gross - paid - credited,
            days=(sight.today - invoice.due_on).days if invoice.due_on is not None else 0,
            phone=phone,
        )
        for invoice, owner, phone, paid, credited in rows
    ]


@dataclass(frozen=True)
class Month:
    """What was signed or otherwise accepted since the first of the month, without VAT."""

    net: Decimal
    count: int


def accepted_since(session: Session, sight: Sight, first: datetime, currency: str) -> Month:
    """Orders in another currency are not added up."""
    net, count = session.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(Order.net), sa.literal(Decimal(0), Order.net.type)),
            sa.func.count(Order.id),
        )
        .join(Opportunity, Opportunity.id == Order.opportunity_id)
        .where(Order.placed_at >= first, Order.currency == currency, sight.visible)
    ).one()
    return Month(net, count)


def _invoices(sight: Sight) -> Select[*tuple[Any, ...]]:
    return (
        sa.select(Invoice, StaffMember.name, Client.phone, paid_of_invoice(), credited_of_invoice())
        .join(Order, Order.id == Invoice.order_id)
        .join(Opportunity, Opportunity.id == Order.opportunity_id)
        # Everybody has an owner: an outer join keeps SQLite from beginning with the few of the staff.
        .outerjoin(StaffMember, StaffMember.id == Opportunity.owner_id)
        .join(Client, Client.id == Invoice.client_id)
        .where(sight.visible)
        .options(contains_eager(Invoice.order), defer(Invoice.content, raiseload=True))
    )
