"""Orders and invoices for tests, made by the acts of the product. All need an application context."""

from datetime import date, datetime

from backoffice.db import db
from backoffice.invoices.models import Invoice
from backoffice.numbering.models import Counter, Series
from tests import factories
from tests.factories import a_signed_quote, order_of

DAY = date(2026, 11, 20)


def an_order(opportunity: int | None = None) -> int:
    """The order of a quote signed just now."""
    return order_of(a_signed_quote(opportunity)[2])


def a_draft(order: int | None = None, at: datetime | None = None) -> int:
    return factories.an_invoice(order or an_order(), at=at)


def issue(invoice: int, on: date = DAY, revision: int = 1) -> str:
    """Issues it; the number it got."""
    return factories.issue(invoice, on, revision)


def an_issued_invoice(order: int | None = None, on: date = DAY) -> int:
    invoice = a_draft(order)
    issue(invoice, on)
    return invoice


def stored(invoice: int) -> Invoice:
    """As the database has it now."""
    db.session.rollback()
    db.session.expunge_all()
    return db.session.get_one(Invoice, invoice)


def counter(series: Series = Series.INVOICE) -> tuple[int, int, date | None]:
    """Year, last number and its date."""
    db.session.rollback()
    db.session.expunge_all()
    row = db.session.get_one(Counter, series)
    return row.year, row.last, row.last_on
