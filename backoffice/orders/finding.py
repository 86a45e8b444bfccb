"""Finding orders and their invoices by a number or by what is remembered. ``whose``: a condition on Opportunity."""

from collections.abc import Callable, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.selectable import CompoundSelect

from backoffice.catalogue.search import MOST_WORDS, folded
from backoffice.clients.models import Client, Contact
from backoffice.clients.queries import family_of, survivor_of
from backoffice.credit_notes.models import CreditNote
from backoffice.invoices.models import Invoice
from backoffice.invoices.months import Month
from backoffice.numbering.reading import begins, is_number, numbered
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order

LONGEST_KEY = 18
Ids = CompoundSelect[tuple[int]]


def key_in(text: str) -> int | None:
    """An id in the query of an address; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY else None


def orders_said(session: Session, words: str) -> ColumnElement[bool]:
    """On Order and its Opportunity: whether a number of it, its quote or its invoices begins so, or else ``_says``."""
    return _meant(session, words, Order.id, _orders_numbered)


def invoices_said(session: Session, words: str) -> ColumnElement[bool]:
    """On Invoice with these two: whether a number of it, its credit notes, order or quote begins so, or ``_says``."""
    return _meant(session, words, Invoice.id, _invoices_numbered)


def clients_named(
    session: Session, client_id: int, whose: ColumnElement[bool]
) -> tuple[str, Sequence[int]] | None:
    """Name of a client, or of that it was merged into, and the ids of both; None unless one sees an order of it."""
    kept = survivor_of(session, client_id)
    family = family_of(session, kept)
    seen = (
        sa.exists()
        .where(Order.client_id.in_(family), Opportunity.id == Order.opportunity_id, whose)
        .correlate(None)
    )
    name = session.scalar(sa.select(Client.name).where(Client.id == kept, seen))
    return None if name is None else (name, family)


def in_month(moment: sa.SQLColumnExpression[datetime], month: Month, zone: str) -> ColumnElement[bool]:
    """Whether ``moment`` is in that month of the zone."""
    first, after = (datetime.combine(day, time.min, ZoneInfo(zone)) for day in (month.first, month.after))
    return sa.and_(moment >= first, moment < after)


def _meant(
    session: Session, words: str, key: sa.SQLColumnExpression[int], numbered_so: Callable[[Session, str], Ids]
) -> ColumnElement[bool]:
    """Numbers first: they are indexed, and what is one is seldom meant as a word."""
    number = numbered(words)
    if is_number(number):
        found = numbered_so(session, number)
        if session.scalar(sa.select(sa.exists(found))):
            return key.in_(found)
    return _says(words)


def _says(words: str) -> ColumnElement[bool]:
    """Each word is in the title, the client's name as signed, or what is known of client or contact now."""
    return sa.and_(
        sa.true(),
        *(
            Order.search_text.contains(word, autoescape=True)
            | Order.client_id.in_(
                sa.select(Client.id).where(Client.search_text.contains(word, autoescape=True))
            )
            | Opportunity.contact_id.in_(
                sa.select(Contact.id).where(Contact.search_text.contains(word, autoescape=True))
            )
            for word in folded(words).split()[:MOST_WORDS]
        ),
    )


def _orders_numbered(session: Session, number: str) -> Ids:
    return sa.union(
        sa.select(Order.id).where(begins(session, Order.number, number)),
        sa.select(Order.id).where(begins(session, Order.quote_number, number)),
        sa.select(Invoice.order_id).where(begins(session, Invoice.number, number)),
        sa.select(CreditNote.order_id).where(begins(session, CreditNote.number, number)),
    )


def _invoices_numbered(session: Session, number: str) -> Ids:
    of_orders = sa.union(
        sa.select(Order.id).where(begins(session, Order.number, number)),
        sa.select(Order.id).where(begins(session, Order.quote_number, number)),
    )
    return sa.union(
        sa.select(Invoice.id).where(begins(session, Invoice.number, number)),
        sa.select(CreditNote.invoice_id).where(begins(session, CreditNote.number, number)),
        sa.select(Invoice.id).where(Invoice.order_id.in_(of_orders)),
    )
