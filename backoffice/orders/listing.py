"""The list of orders: the newest first, searched and narrowed. ``whose`` is a condition on Opportunity."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import ColumnElement

from backoffice import clock
from backoffice.balances.models import OrderBalance
from backoffice.catalogue.search import looked_for
from backoffice.invoices.models import Invoice, InvoiceState
from backoffice.invoices.months import Month, months_between
from backoffice.opportunities.models import Opportunity
from backoffice.orders.finding import clients_named, in_month, key_in, orders_said
from backoffice.orders.models import Order
from backoffice.paging import Ordering, Page, Place, page_of

NEWEST = Ordering((Order.id,), descending=True)


class Billing(enum.StrEnum):
    """How far an order is invoiced."""

    TO_INVOICE = "to_invoice"
    DRAFT = "draft"
    PARTLY = "partly"
    FULLY = "fully"

    @classmethod
    def of(cls, gross: Decimal, still_open: Decimal, *, has_draft: bool) -> "Billing":
        """Of an order of ``gross``; without anything to pay there is nothing to invoice."""
        if has_draft:
            return cls.DRAFT
        if still_open <= 0:
            return cls.FULLY
        return cls.PARTLY if still_open < gross else cls.TO_INVOICE

    def chip(self) -> tuple[str, str]:
        """Label and tone for the chip component."""
        return {
            Billing.TO_INVOICE: (gettext("To invoice"), "warn"),
            Billing.DRAFT: (gettext("Draft"), "note"),
            Billing.PARTLY: (gettext("Partly invoiced"), "note"),
            Billing.FULLY: (gettext("Fully invoiced"), "good"),
        }[self]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the list is narrowed to; ``client``: an id, ``month``: of the signature."""

    words: str = ""
    billing: Billing | None = None
    client: int | None = None
    month: Month | None = None

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> "Wanted":
        """From the query of an address; what it does not know narrows nothing."""
        billing = arguments.get("billing", "")
        return cls(
            words=looked_for(arguments.get("q", "")),
            billing=Billing(billing) if billing in set(Billing) else None,
            client=key_in(arguments.get("client", "")),
            month=Month.read(arguments.get("month")),
        )

    def arguments(self) -> dict[str, str]:
        """The same as the query of an address."""
        named = {
            "q": self.words,
            "billing": self.billing.value if self.billing else "",
            "client": str(self.client or ""),
            "month": str(self.month or ""),
        }
        return {name: value for name, value in named.items() if value}

    @property
    def narrows(self) -> bool:
        return bool(self.arguments())


@dataclass(frozen=True, kw_only=True)
class ListedOrder:
    """An order as a line of the list; ``placed_on`` is the seller's day."""

    order: Order
    placed_on: date
    billing: Billing

    @property
    def chip(self) -> tuple[str, str]:
        return self.billing.chip()


@dataclass(frozen=True, kw_only=True)
class OrderList:
    """``client``: the name of the one that the list is narrowed to; ``months``: those to choose from."""

    page: Page
    client: str | None
    months: Sequence[Month]


def order_list(
    session: Session, whose: ColumnElement[bool], wanted: Wanted, place: Place, *, zone: str, today: date
) -> OrderList:
    """One page of ListedOrder, from a constant number of statements."""
    client = clients_named(session, wanted.client, whose) if wanted.client else None
    draft = sa.exists().where(Invoice.order_id == Order.id, Invoice.state == InvoiceState.DRAFT)
    found = (
        sa.select(Order, OrderBalance.open, draft.correlate(Order))
        .join(Opportunity, Opportunity.id == Order.opportunity_id)
        .join(OrderBalance, OrderBalance.order_id == Order.id)
        .where(whose, orders_said(session, wanted.words))
    )
    if client is not None:
        found = found.where(Order.client_id.in_(client[1]))
    if wanted.month is not None:
        found = found.where(in_month(Order.placed_at, wanted.month, zone))
    if wanted.billing is not None:
        found = found.where(_stands(wanted.billing))
    page = page_of(session, found, NEWEST, place)
    rows = [
        ListedOrder(
            order=order,
            placed_on=clock.day_of(order.placed_at, zone),
            billing=Billing.of(order.gross, still_open, has_draft=has_draft),
        )
        for order, still_open, has_draft in page.rows
    ]
    first = session.scalar(sa.select(sa.func.min(Order.placed_at)))
    return OrderList(
        page=replace(page, rows=rows),
        client=client[0] if client else None,
        months=months_between(clock.day_of(first, zone), today) if first else [],
    )


def _stands(billing: Billing) -> ColumnElement[bool]:
    """As ``Billing.of`` tells it. Conditions of partial indexes stand here as there, word for word."""
    drafts = sa.select(Invoice.order_id).where(sa.text("invoices.state = 'draft'"))
    balance = aliased(OrderBalance, name="balance")
    open_ones = sa.select(balance.order_id).where(sa.text("balance.open > 0"))
    has_draft, is_open = Order.id.in_(drafts), Order.id.in_(open_ones)
    match billing:
        case Billing.DRAFT:
            return has_draft
        case Billing.TO_INVOICE:
            return sa.and_(is_open, OrderBalance.open >= Order.gross, ~has_draft)
        case Billing.PARTLY:
            return sa.and_(is_open, OrderBalance.open < Order.gross, ~has_draft)
        case Billing.FULLY:
            return sa.and_(~is_open, ~has_draft)
