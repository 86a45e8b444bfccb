"""What pages load of invoices; each states its eager loads. ``whose`` is a condition on Opportunity."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, defer, selectinload
from sqlalchemy.sql import ColumnElement, Select

from backoffice.clients.models import Client
from backoffice.errors import NotFound
from backoffice.invoices.billing import totals_of_invoice
from backoffice.invoices.completeness import Missing, missing_from
from backoffice.invoices.models import Invoice, InvoiceState
from backoffice.invoices.months import Month
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.quotes.choice import totals_content
from backoffice.quotes.reading import ReadTotals, read_totals
from backoffice.seller.models import ONLY, Seller

PAGE = 50


@dataclass(frozen=True)
class InvoiceSheet:
    """An invoice with lines and order; ``missing`` and ``client`` only of a draft."""

    invoice: Invoice
    order: Order
    totals: ReadTotals
    missing: Missing | None = None
    client: Client | None = None


def months_with_invoices(session: Session, whose: ColumnElement[bool]) -> list[Month]:
    """The months in which invoices were issued, the latest first."""
    year, month = sa.extract("year", Invoice.issued_on), sa.extract("month", Invoice.issued_on)
    issued = _seen(sa.select(year, month).select_from(Invoice), whose).where(Invoice.issued_on.is_not(None))
    # PostgreSQL extracts exact decimals, SQLite integers.
    return sorted(
        (Month(int(year), int(month)) for year, month in session.execute(issued.distinct())),
        key=str,
        reverse=True,
    )


def count_invoices(session: Session, whose: ColumnElement[bool], *, month: Month | None) -> int:
    return session.scalar(_in_month(_seen(sa.select(sa.func.count(Invoice.id)), whose), month)) or 0


def listed_invoices(
    session: Session, whose: ColumnElement[bool], *, month: Month | None, page: int = 1
) -> Sequence[Invoice]:
    """One page with their orders: drafts first, then by number, the latest first. Neither lines nor content."""
    found = _in_month(_seen(sa.select(Invoice), whose), month)
    return session.scalars(
        found.options(contains_eager(Invoice.order), defer(Invoice.content, raiseload=True))
        .order_by(
            Invoice.number.is_not(None), Invoice.issued_on.desc(), Invoice.issued_at.desc(), Invoice.id.desc()
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()


def invoice_sheet(session: Session, invoice_id: int, whose: ColumnElement[bool]) -> InvoiceSheet:
    """Everything the page of an invoice shows. Raises NotFound for unknown and foreign alike."""
    invoice = session.scalar(
        _seen(sa.select(Invoice), whose)
        .where(Invoice.id == invoice_id)
        .options(contains_eager(Invoice.order), selectinload(Invoice.lines))
    )
    if invoice is None:
        raise NotFound(invoice=invoice_id)
    if invoice.state is InvoiceState.ISSUED:
        return InvoiceSheet(invoice, invoice.order, read_totals(invoice.read()["totals"]))
    client = session.get_one(Client, invoice.client_id)
    missing = missing_from(session.get_one(Seller, ONLY), client, invoice.vat_categories)
    totals = read_totals(totals_content(totals_of_invoice(invoice)))
    return InvoiceSheet(invoice, invoice.order, totals, missing, client)


def refuse_foreign_invoice(session: Session, invoice_id: int, whose: ColumnElement[bool]) -> None:
    """Raises NotFound unless the invoice exists and is of a deal that ``whose`` allows."""
    if session.scalar(_seen(sa.select(Invoice.id), whose).where(Invoice.id == invoice_id)) is None:
        raise NotFound(invoice=invoice_id)


def _seen(found: Select[*tuple[Any, ...]], whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        found.join(Order, Order.id == Invoice.order_id)
        .join(Opportunity, Opportunity.id == Order.opportunity_id)
        .where(whose)
    )


def _in_month(found: Select[*tuple[Any, ...]], month: Month | None) -> Select[*tuple[Any, ...]]:
    return (
        found
        if month is None
        else found.where(Invoice.issued_on >= month.first, Invoice.issued_on < month.after)
    )
