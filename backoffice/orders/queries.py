"""What pages load of orders; each states its eager loads. ``whose`` is a condition on Opportunity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session, aliased, selectinload
from sqlalchemy.sql import ColumnElement, Select

from backoffice import clock
from backoffice.acceptances.models import Acceptance
from backoffice.acceptances.queries import Recorded, recorded_of
from backoffice.credit_notes.models import CreditNote
from backoffice.documents.models import Document
from backoffice.errors import NotFound
from backoffice.invoices.models import Invoice, InvoiceState
from backoffice.money import ZERO
from backoffice.opportunities.models import Opportunity
from backoffice.orders.agreement import agreement_of
from backoffice.orders.chain import Chain, chain_of
from backoffice.orders.models import Order
from backoffice.quotes import canonical
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.reading import ReadTotals, read_totals
from backoffice.signatures.models import Signature

PAGE = 50


@dataclass(frozen=True)
class ListedOrder:
    """An order as a line of the list; ``placed_on`` is the seller's day, ``billed`` is less credit notes."""

    order: Order
    placed_on: date
    billed: Decimal
    has_draft: bool

    @property
    def chip(self) -> tuple[str, str]:
        """How far it is invoiced: label and tone."""
        if self.has_draft:
            return gettext("Draft"), "note"
        if self.billed >= self.order.gross and self.billed:
            return gettext("Fully invoiced"), "good"
        return (gettext("Partly invoiced"), "note") if self.billed else (gettext("To invoice"), "warn")


@dataclass(frozen=True, kw_only=True)
class OrderSheet:
    """An order with its lines, the signature or acceptance that made it, the papers of both and what became of it."""

    order: Order
    signature: Signature | None
    accepted: Recorded | None
    version_number: int
    totals: ReadTotals
    chain: Chain
    quote_document_id: int
    signed_document_id: int | None


def count_orders(session: Session, whose: ColumnElement[bool]) -> int:
    return session.scalar(_seen(sa.select(sa.func.count(Order.id)), whose)) or 0


def listed_orders(
    session: Session, whose: ColumnElement[bool], *, zone: str, page: int = 1
) -> Sequence[ListedOrder]:
    """One page of the orders somebody may see, the newest first, without their lines."""
    issued = _sum(Invoice.gross).where(Invoice.order_id == Order.id, Invoice.state == InvoiceState.ISSUED)
    credited = _sum(CreditNote.gross).where(CreditNote.order_id == Order.id)
    drafts = sa.exists().where(Invoice.order_id == Order.id, Invoice.state == InvoiceState.DRAFT)
    rows = session.execute(
        _seen(
            sa.select(
                Order,
                issued.correlate(Order).scalar_subquery(),
                credited.correlate(Order).scalar_subquery(),
                drafts.correlate(Order),
            ),
            whose,
        )
        .order_by(Order.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [
        ListedOrder(
            order, clock.day_of(order.placed_at, zone), (billed or ZERO) - (taken or ZERO), bool(draft)
        )
        for order, billed, taken, draft in rows
    ]


def order_sheet(session: Session, order_id: int, whose: ColumnElement[bool], *, today: date) -> OrderSheet:
    """Everything the page of an order shows. Raises NotFound for unknown and foreign alike."""
    quoted, copied = aliased(Document), aliased(Document)
    row = session.execute(
        _seen(sa.select(Order, Signature, QuoteVersion, quoted.id, copied.id), whose)
        .outerjoin(Signature, Signature.id == Order.signature_id)
        .outerjoin(Acceptance, Acceptance.id == Order.acceptance_id)
        .join(QuoteVersion, QuoteVersion.id == sa.func.coalesce(Signature.version_id, Acceptance.version_id))
        .join(quoted, quoted.version_id == QuoteVersion.id)
        .outerjoin(copied, copied.signature_id == Signature.id)
        .where(Order.id == order_id)
        .options(selectinload(Order.lines))
    ).one_or_none()
    if row is None:
        raise NotFound(order=order_id)
    order, signature, version, quote_paper, signed_copy = row
    accepted = None if signature is not None else recorded_of(session, version.id)
    totals = read_totals(canonical.read(agreement_of(session, order).totals))
    return OrderSheet(
        order=order,
        signature=signature,
        accepted=accepted,
        version_number=version.number,
        totals=totals,
        chain=chain_of(session, order, today),
        quote_document_id=quote_paper,
        signed_document_id=signed_copy,
    )


def refuse_foreign_order(session: Session, order_id: int, whose: ColumnElement[bool]) -> None:
    """Raises NotFound unless the order exists and is of a deal that ``whose`` allows."""
    if session.scalar(_seen(sa.select(Order.id), whose).where(Order.id == order_id)) is None:
        raise NotFound(order=order_id)


def _sum(column: Any) -> Select[tuple[Any]]:
    return sa.select(sa.func.sum(column))


def _seen(found: Select[*tuple[Any, ...]], whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return found.join(Opportunity, Opportunity.id == Order.opportunity_id).where(whose)
