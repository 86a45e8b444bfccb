"""What pages load of invoices; each states its eager loads. ``whose`` is a condition on Opportunity."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, defer, selectinload
from sqlalchemy.sql import ColumnElement, Select

from backoffice.clients.models import Client, Standing
from backoffice.clients.queries import client_standing_for
from backoffice.errors import NotFound
from backoffice.invoices.completeness import Missing, missing_from
from backoffice.invoices.lines import ShownLine, shown_lines
from backoffice.invoices.models import Invoice, InvoiceState
from backoffice.invoices.months import Month
from backoffice.invoices.seven_days import payable_from
from backoffice.opportunities.models import Opportunity
from backoffice.orders.agreement import agreement_of
from backoffice.orders.chain import Chain, ChainedInvoice, chain_of
from backoffice.orders.models import Order
from backoffice.payments.settlement import (
    Settlement,
    credited_of_invoice,
    paid_of_invoice,
    settlement_of,
)
from backoffice.quotes.choice import totals_content
from backoffice.quotes.reading import ReadTotals, read_totals
from backoffice.seller.models import ONLY, Seller

PAGE = 50


@dataclass(frozen=True)
class InvoiceSheet:
    """An invoice with lines and order, and what else became of that; ``missing`` and ``client`` only of a draft.

    ``payable_from``: the day before which the client of this draft may not be asked to pay, while that lies ahead.
    ``entry`` is the invoice's own link of the chain; a discarded draft has none.
    """

    invoice: Invoice
    order: Order
    totals: ReadTotals
    chain: Chain
    entry: ChainedInvoice | None
    lines: Sequence[ShownLine]
    missing: Missing | None = None
    client: Client | None = None
    payable_from: date | None = None


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


@dataclass(frozen=True)
class ListedInvoice:
    invoice: Invoice
    settlement: Settlement


def listed_invoices(
    session: Session, whose: ColumnElement[bool], *, month: Month | None, today: date, page: int = 1
) -> Sequence[ListedInvoice]:
    """One page with their orders: drafts first, then by number, the latest first. Neither lines nor content."""
    paid, credited = paid_of_invoice(), credited_of_invoice()
    found = _in_month(_seen(sa.select(Invoice, paid, credited), whose), month)
    rows = session.execute(
        found.options(contains_eager(Invoice.order), defer(Invoice.content, raiseload=True))
        .order_by(
            Invoice.number.is_not(None), Invoice.issued_on.desc(), Invoice.issued_at.desc(), Invoice.id.desc()
        )
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [
        ListedInvoice(invoice, settlement_of(invoice, paid=paid, credited=credited, today=today))
        for invoice, paid, credited in rows
    ]


def invoice_sheet(
    session: Session, invoice_id: int, whose: ColumnElement[bool], *, today: date
) -> InvoiceSheet:
    """Everything the page of an invoice shows. Raises NotFound for unknown and foreign alike."""
    invoice = session.scalar(
        _seen(sa.select(Invoice), whose)
        .where(Invoice.id == invoice_id)
        .options(
            contains_eager(Invoice.order).selectinload(Order.lines),
            selectinload(Invoice.lines),
            selectinload(Invoice.taxes),
            selectinload(Invoice.deducts).defer(Invoice.content),
        )
    )
    if invoice is None:
        raise NotFound(invoice=invoice_id)
    chain = chain_of(session, invoice.order, today)
    totals = read_totals(totals_content(invoice.totals))
    lines = shown_lines(invoice)
    known = InvoiceSheet(invoice, invoice.order, totals, chain, chain.of(invoice.id), lines)
    if invoice.state is not InvoiceState.DRAFT:
        return known
    client = client_standing_for(session, invoice.client_id)
    seller = session.get_one(Seller, ONLY)
    earliest = payable_from(agreement_of(session, invoice.order), Standing(client.standing), seller.timezone)
    return replace(
        known,
        missing=missing_from(seller, client, invoice.vat_categories),
        client=client,
        payable_from=earliest if earliest is not None and earliest > today else None,
    )


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
        found.where(Invoice.state != InvoiceState.DISCARDED)
        if month is None
        else found.where(Invoice.issued_on >= month.first, Invoice.issued_on < month.after)
    )
