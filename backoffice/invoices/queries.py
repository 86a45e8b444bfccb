"""What pages load of invoices; each states its eager loads. ``whose`` is a condition on Opportunity."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, selectinload
from sqlalchemy.sql import ColumnElement, Select

from backoffice.clients.models import Client, Standing
from backoffice.clients.queries import client_standing_for
from backoffice.errors import NotFound
from backoffice.invoices.completeness import Missing, missing_from
from backoffice.invoices.lines import ShownLine, shown_lines
from backoffice.invoices.models import Invoice, InvoiceState
from backoffice.invoices.seven_days import payable_from
from backoffice.opportunities.models import Opportunity
from backoffice.orders.agreement import agreement_of
from backoffice.orders.chain import Chain, ChainedInvoice, chain_of
from backoffice.orders.models import Order
from backoffice.quotes.choice import totals_content
from backoffice.quotes.reading import ReadTotals, read_totals
from backoffice.seller.models import ONLY, Seller


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
