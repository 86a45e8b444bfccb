"""The list of invoices: drafts, then the latest, searched and narrowed. ``whose`` is a condition on Opportunity."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, defer
from sqlalchemy.sql import ColumnElement

from backoffice.balances.models import InvoiceBalance
from backoffice.catalogue.search import looked_for
from backoffice.credit_notes.models import CreditNote
from backoffice.db import Amount
from backoffice.invoices.models import NOT_YET, Invoice, InvoiceKind, InvoiceState
from backoffice.invoices.months import Month, months_between
from backoffice.money import ZERO
from backoffice.opportunities.models import Opportunity
from backoffice.orders.finding import clients_named, invoices_said, key_in
from backoffice.orders.models import Order
from backoffice.paging import Ordering, Page, Place, page_of
from backoffice.payments.settlement import (
    Settlement,
    credited_of_invoice,
    paid_of_invoice,
    settlement_of,
)

LATEST = Ordering((Invoice.listed_at, Invoice.id), descending=True)


class Standing(enum.StrEnum):
    """How an invoice stands, as one looks for it; what is overdue is unpaid too."""

    DRAFT = "draft"
    UNPAID = "unpaid"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDITED = "credited"
    TO_REFUND = "to_refund"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the list is narrowed to; ``client``: an id, ``month``: of issue."""

    words: str = ""
    standing: Standing | None = None
    kind: InvoiceKind | None = None
    client: int | None = None
    month: Month | None = None

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> "Wanted":
        """From the query of an address; what it does not know narrows nothing."""
        standing, kind = arguments.get("standing", ""), arguments.get("kind", "")
        return cls(
            words=looked_for(arguments.get("q", "")),
            standing=Standing(standing) if standing in set(Standing) else None,
            kind=InvoiceKind(kind) if kind in set(InvoiceKind) else None,
            client=key_in(arguments.get("client", "")),
            month=Month.read(arguments.get("month")),
        )

    def arguments(self) -> dict[str, str]:
        """The same as the query of an address."""
        named = {
            "q": self.words,
            "standing": self.standing.value if self.standing else "",
            "kind": self.kind.value if self.kind else "",
            "client": str(self.client or ""),
            "month": str(self.month or ""),
        }
        return {name: value for name, value in named.items() if value}

    @property
    def narrows(self) -> bool:
        return bool(self.arguments())


@dataclass(frozen=True)
class ListedInvoice:
    invoice: Invoice
    settlement: Settlement


@dataclass(frozen=True, kw_only=True)
class InvoiceList:
    """``client``: the name of the one that the list is narrowed to; ``months``: those to choose from."""

    page: Page
    client: str | None
    months: Sequence[Month]


def invoice_list(
    session: Session, whose: ColumnElement[bool], wanted: Wanted, place: Place, *, today: date
) -> InvoiceList:
    """One page of ListedInvoice with their orders, neither lines nor content, from a constant number of statements."""
    client = clients_named(session, wanted.client, whose) if wanted.client else None
    found = (
        sa.select(Invoice, paid_of_invoice(), credited_of_invoice())
        .join(Order, Order.id == Invoice.order_id)
        .join(Opportunity, Opportunity.id == Order.opportunity_id)
        .where(whose, Invoice.state != InvoiceState.DISCARDED, invoices_said(session, wanted.words))
        .options(contains_eager(Invoice.order), defer(Invoice.content, raiseload=True))
    )
    if client is not None:
        found = found.where(Order.client_id.in_(client[1]))
    if wanted.month is not None:
        found = found.where(Invoice.issued_on.between(wanted.month.first, wanted.month.last))
    if wanted.kind is not None:
        found = found.where(Invoice.kind == wanted.kind)
    if wanted.standing is not None:
        found = found.where(_stands(wanted.standing, today))
    page = page_of(session, found, LATEST, place)
    rows = [
        ListedInvoice(invoice, settlement_of(invoice, paid=paid, credited=credited, today=today))
        for invoice, paid, credited in page.rows
    ]
    first = session.scalar(sa.select(sa.func.min(Invoice.issued_on)))
    return InvoiceList(
        page=replace(page, rows=rows),
        client=client[0] if client else None,
        months=months_between(first, max(first, today)) if first else [],
    )


def _stands(standing: Standing, today: date) -> ColumnElement[bool]:
    """As ``settlement_of`` tells it. The condition of the partial index stands here as there, word for word."""
    if standing is Standing.DRAFT:
        return Invoice.listed_at == NOT_YET
    nothing = sa.literal(ZERO, Amount)
    open_one = sa.select(InvoiceBalance.invoice_id).where(
        InvoiceBalance.invoice_id == Invoice.id, sa.text("invoice_balances.open <> 0")
    )
    settled = sa.and_(Invoice.state == InvoiceState.ISSUED, ~open_one.exists())
    credited = sa.select(CreditNote.invoice_id).where(CreditNote.gross > nothing)
    wholly = sa.and_(Invoice.id.in_(credited), credited_of_invoice() == Invoice.gross)
    match standing:
        case Standing.UNPAID:
            return open_one.where(InvoiceBalance.open > nothing).exists()
        case Standing.OVERDUE:
            return open_one.where(InvoiceBalance.open > nothing, InvoiceBalance.due_on < today).exists()
        case Standing.TO_REFUND:
            return open_one.where(InvoiceBalance.open < nothing).exists()
        case Standing.CREDITED:
            return sa.and_(settled, wholly)
        case _:
            return sa.and_(settled, sa.not_(wholly))
