"""What pages load of orders; each states its eager loads. ``whose`` is a condition on Opportunity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, selectinload
from sqlalchemy.sql import ColumnElement, Select

from backoffice import clock
from backoffice.documents.models import Document
from backoffice.errors import NotFound
from backoffice.invoices.models import Invoice, InvoiceState
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.quotes import canonical
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.reading import ReadTotals, read_totals
from backoffice.signatures.models import Signature

PAGE = 50
INVOICE = (Invoice.id, Invoice.number, Invoice.state)


@dataclass(frozen=True)
class InvoiceOfOrder:
    """The invoice that bills an order; ``number`` is None while it is a draft."""

    id: int
    number: str | None
    state: InvoiceState


@dataclass(frozen=True)
class ListedOrder:
    """An order as a line of the list; ``placed_on`` is the seller's day."""

    order: Order
    placed_on: date
    invoice: InvoiceOfOrder | None


@dataclass(frozen=True)
class OrderSheet:
    """An order with its lines, the signature that made it, the papers of both and what became of it."""

    order: Order
    signature: Signature
    version_number: int
    totals: ReadTotals
    invoice: InvoiceOfOrder | None
    quote_document_id: int
    signed_document_id: int


def count_orders(session: Session, whose: ColumnElement[bool]) -> int:
    return session.scalar(_seen(sa.select(sa.func.count(Order.id)), whose)) or 0


def listed_orders(
    session: Session, whose: ColumnElement[bool], *, zone: str, page: int = 1
) -> Sequence[ListedOrder]:
    """One page of the orders somebody may see, the newest first, without their lines."""
    rows = session.execute(
        _seen(sa.select(Order, *INVOICE), whose)
        .outerjoin(Invoice, Invoice.order_id == Order.id)
        .order_by(Order.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [ListedOrder(order, clock.day_of(order.placed_at, zone), _invoice(*rest)) for order, *rest in rows]


def order_sheet(session: Session, order_id: int, whose: ColumnElement[bool]) -> OrderSheet:
    """Everything the page of an order shows, in two statements. Raises NotFound for unknown and foreign alike."""
    quoted, copied = aliased(Document), aliased(Document)
    row = session.execute(
        _seen(sa.select(Order, Signature, QuoteVersion.number, quoted.id, copied.id, *INVOICE), whose)
        .join(Signature, Signature.id == Order.signature_id)
        .join(QuoteVersion, QuoteVersion.id == Signature.version_id)
        .join(quoted, quoted.version_id == QuoteVersion.id)
        .join(copied, copied.signature_id == Signature.id)
        .outerjoin(Invoice, Invoice.order_id == Order.id)
        .where(Order.id == order_id)
        .options(selectinload(Order.lines))
    ).one_or_none()
    if row is None:
        raise NotFound(order=order_id)
    order, signature, version, quote_paper, signed_copy, *rest = row
    totals = read_totals(canonical.read(signature.totals))
    return OrderSheet(order, signature, version, totals, _invoice(*rest), quote_paper, signed_copy)


def refuse_foreign_order(session: Session, order_id: int, whose: ColumnElement[bool]) -> None:
    """Raises NotFound unless the order exists and is of a deal that ``whose`` allows."""
    if session.scalar(_seen(sa.select(Order.id), whose).where(Order.id == order_id)) is None:
        raise NotFound(order=order_id)


def _seen(found: Select[*tuple[Any, ...]], whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return found.join(Opportunity, Opportunity.id == Order.opportunity_id).where(whose)


def _invoice(invoice_id: Any, number: Any, state: Any) -> InvoiceOfOrder | None:
    return None if invoice_id is None else InvoiceOfOrder(invoice_id, number, state)
