"""All papers of a client: deals, quotes, orders, invoices and mails, with those of the clients merged into it.

``visible`` is the condition on Opportunity of whose deals one sees (``access.owned_by``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, joinedload
from sqlalchemy.sql import ColumnElement

from backoffice import clock
from backoffice.db import unscaled
from backoffice.invoices.listing import ListedInvoice
from backoffice.invoices.models import Invoice, InvoiceState
from backoffice.notifications.models import OutgoingMail
from backoffice.opportunities.models import Opportunity, Phase
from backoffice.orders.models import Order
from backoffice.paging import Ordering, Page, Place, page_of
from backoffice.payments.settlement import credited_of_invoice, paid_of_invoice, settlement_of
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.words import state_chip
from backoffice.staff.models import StaffMember

FEW = 5
"""As many of each as the client's own page shows."""


class PaperKind(StrEnum):
    DEALS = "deals"
    QUOTES = "quotes"
    ORDERS = "orders"
    INVOICES = "invoices"
    MAILS = "mails"


ORDERINGS = {
    PaperKind.DEALS: Ordering((Opportunity.id,), descending=True),
    PaperKind.QUOTES: Ordering((Quote.id,), descending=True),
    PaperKind.ORDERS: Ordering((Order.id,), descending=True),
    PaperKind.INVOICES: Ordering((Invoice.id,), descending=True),
    PaperKind.MAILS: Ordering((OutgoingMail.id,), descending=True),
}


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who looks and when: the condition on deals, this moment and the seller's zone."""

    visible: ColumnElement[bool]
    at: datetime
    zone: str


@dataclass(frozen=True)
class Sum:
    """What papers of one currency come to."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class QuoteOfClient:
    """``net`` without VAT of the version that the client has; None before any was sent."""

    quote: Quote
    chip: tuple[str, str]
    net: Decimal | None
    sent_on: date | None


@dataclass(frozen=True)
class OrderOfClient:
    order: Order
    placed_on: date


@dataclass(frozen=True, kw_only=True)
class Papers:
    """Papers of one kind: some of them, how many there are, and what they come to where that says something."""

    kind: PaperKind
    page: Page
    count: int
    sums: Sequence[Sum]


def papers_at_a_glance(session: Session, clients: Sequence[int], reader: Reader) -> list[Papers]:
    """The newest of every kind."""
    return [papers_of_kind(session, clients, kind, reader, Place(), size=FEW) for kind in PaperKind]


def papers_of_kind(
    session: Session, clients: Sequence[int], kind: PaperKind, reader: Reader, place: Place, *, size: int = 50
) -> Papers:
    """One page, the newest first; ``clients``: the client and those merged into it."""
    whose = Opportunity.client_id.in_(clients) & reader.visible
    found, counted = _statements(kind, whose)
    page = page_of(session, found, ORDERINGS[kind], place, size=size)
    rows = [_row(kind, row, reader) for row in page.rows]
    count, sums = _sums(session, counted)
    return Papers(
        kind=kind,
        page=Page(rows=rows, previous=page.previous, following=page.following),
        count=count,
        sums=sums,
    )


def _statements(kind: PaperKind, whose: ColumnElement[bool]) -> tuple[Any, Any]:
    """The rows of a kind without their order, and their count and sum by currency."""
    nothing = sa.literal(None)
    deals = sa.join(Opportunity, Phase, Phase.id == Opportunity.phase_id)
    match kind:
        case PaperKind.DEALS:
            there = whose & Opportunity.archived_at.is_(None)
            found = (
                sa.select(Opportunity, StaffMember.name)
                .select_from(deals)
                .join(StaffMember, StaffMember.id == Opportunity.owner_id)
                .where(there)
                .options(joinedload(Opportunity.phase))
            )
            return found, sa.select(sa.func.count(Opportunity.id), nothing, nothing).where(there)
        case PaperKind.QUOTES:
            there = whose & Opportunity.archived_at.is_(None)
            versions = (
                sa.select(Quote, QuoteVersion)
                .join(Opportunity, Opportunity.id == Quote.opportunity_id)
                .outerjoin(QuoteVersion, QuoteVersion.id == Quote.live_version_id)
                .where(there)
                .options(defer(QuoteVersion.internal, raiseload=True))
            )
            count = sa.select(sa.func.count(Quote.id), nothing, nothing).join(
                Opportunity, Opportunity.id == Quote.opportunity_id
            )
            return versions, count.where(there)
        case PaperKind.ORDERS:
            ordered = sa.select(Order).join(Opportunity, Opportunity.id == Order.opportunity_id).where(whose)
            return ordered, _summed(ordered, Order.id, Order.net, Order.currency)
        case PaperKind.INVOICES:
            billed = (
                sa.select(Invoice, paid_of_invoice(), credited_of_invoice())
                .join(Order, Order.id == Invoice.order_id)
                .join(Opportunity, Opportunity.id == Order.opportunity_id)
                .where(whose, Invoice.state != InvoiceState.DISCARDED)
            )
            issued = billed.where(Invoice.state == InvoiceState.ISSUED)
            rows = billed.options(defer(Invoice.content, raiseload=True))
            return rows, _summed(issued, Invoice.id, Invoice.gross, Invoice.currency)
        case PaperKind.MAILS:
            mails = (
                sa.select(OutgoingMail)
                .join(Opportunity, Opportunity.id == OutgoingMail.opportunity_id)
                .where(whose)
            )
            return mails, mails.with_only_columns(sa.func.count(OutgoingMail.id), nothing, nothing)


def _summed(found: Any, key: Any, amount: Any, currency: Any) -> Any:
    return found.with_only_columns(sa.func.count(key), sa.func.sum(amount), currency).group_by(currency)


def _sums(session: Session, counted: Any) -> tuple[int, list[Sum]]:
    rows = session.execute(counted).all()
    return sum(count for count, _amount, _currency in rows), [
        Sum(amount, currency) for _count, amount, currency in rows if amount is not None
    ]


def _row(kind: PaperKind, row: Any, reader: Reader) -> Any:
    """What a template prints of a row."""
    match kind:
        case PaperKind.QUOTES:
            quote, version = row
            return QuoteOfClient(
                quote=quote,
                chip=state_chip(version, reader.at),
                net=unscaled(version.read()["totals"]["net"], 2) if version is not None else None,
                sent_on=clock.day_of(version.frozen_at, reader.zone) if version is not None else None,
            )
        case PaperKind.ORDERS:
            return OrderOfClient(row[0], clock.day_of(row[0].placed_at, reader.zone))
        case PaperKind.DEALS:
            return tuple(row)
        case PaperKind.INVOICES:
            invoice, paid, credited = row
            today = clock.day_of(reader.at, reader.zone)
            return ListedInvoice(invoice, settlement_of(invoice, paid=paid, credited=credited, today=today))
        case _:
            return row[0]
