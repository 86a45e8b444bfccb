"""Orders and invoices for tests, made by the acts of the product. All need an application context."""

from datetime import date, datetime

import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.invoices.billing import draft_invoice, issue_invoice
from backoffice.invoices.models import Invoice
from backoffice.numbering.models import Counter, Series
from backoffice.orders.models import Order
from backoffice.staff.models import Role, StaffMember
from backoffice.work import unit_of_work
from tests.factories import PASSWORD, a_member, a_signed_quote
from tests.reader import PageReader

DAY = date(2026, 11, 20)


def an_order(opportunity: int | None = None) -> int:
    """The order of a quote signed just now."""
    _, _, signature = a_signed_quote(opportunity)
    found: int = db.session.scalars(sa.select(Order.id).where(Order.signature_id == signature)).one()
    return found


def somebody() -> int:
    """The id of a member of staff, whoever."""
    found: int = db.session.scalars(sa.select(sa.func.min(StaffMember.id))).one()
    return found


def a_draft(order: int | None = None, at: datetime | None = None) -> int:
    order = order or an_order()
    by = somebody()
    with unit_of_work() as session:
        return draft_invoice(session, order, by=by, at=at or clock.now()).id


def issue(invoice: int, on: date = DAY, revision: int = 1) -> str:
    """Issues it; the number it got."""
    by = somebody()
    with unit_of_work() as session:
        issued = issue_invoice(session, invoice, revision=revision, by=by, at=clock.now(), today=lambda: on)
    assert issued.number is not None
    return issued.number


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


def enter(client: PageReader, role: Role, email: str = "", *, known: bool = False) -> int | None:
    """Sign in as somebody of that role; ``known``: the account is there already."""
    email = email or f"{role.value}@atelier-duval.example"
    member = None if known else a_member(role, email)
    answer = client.submit("/sign-in", {"email": email, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return member
