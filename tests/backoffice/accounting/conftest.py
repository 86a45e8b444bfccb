"""October and November of a workshop: a whole invoice, a deposit with its balance, a credit note, payments."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import current_app

from backoffice import clock
from backoffice.db import db
from backoffice.documents.models import Document
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.billing import an_issued_invoice, an_order
from tests.factories import (
    a_client,
    a_credit_note,
    a_member,
    a_payment,
    a_seller,
    an_opportunity,
    an_order_with_deposit,
)
from tests.reader import PageReader

OCTOBER = date(2026, 10, 1)


@dataclass(frozen=True, kw_only=True)
class Books:
    """Ids of invoices, and of the credit note of ``whole``."""

    earlier: int
    deposit: int
    balance: int
    whole: int
    note: int


@pytest.fixture
def books(prepared: Callable[..., Any]) -> Books:
    found: Books = prepared(a_quarter)
    return found


def a_quarter() -> Books:
    """F-2026-0001 of September's last day, 0002 to 0004 of October; the credit note is of today, as all are."""
    a_seller()
    rep = a_member()
    buyer = a_client(rep)
    earlier = an_issued_invoice(an_order(an_opportunity(rep, buyer)), on=date(2026, 9, 30))
    ordered = an_order_with_deposit(an_opportunity(rep, buyer, title="Vitrine"))
    deposit = an_issued_invoice(ordered, on=OCTOBER)
    a_payment(deposit, "100", on=date(2026, 10, 3))
    a_payment(deposit, "200", known=1, on=date(2026, 10, 5))
    balance = an_issued_invoice(ordered, on=date(2026, 10, 31))
    whole = an_issued_invoice(an_order(an_opportunity(rep, buyer, title="Terrasse")), on=date(2026, 10, 31))
    note = a_credit_note(whole)
    return Books(earlier=earlier, deposit=deposit, balance=balance, whole=whole, note=note)


@pytest.fixture
def accountant(books: Books, signed_in: Callable[..., PageReader]) -> PageReader:
    return signed_in(a_member(Role.ACCOUNTANT))


def keep_papers(but: frozenset[str] = frozenset()) -> None:
    """As a worker leaves them: each paper is archived, ``but`` those numbers. Its bytes say its name."""
    archive = current_app.extensions["accord.archive"]
    db.session.rollback()
    rows = db.session.execute(
        sa.select(Document.id, Document.file_name).where(Document.archived_at.is_(None))
    ).all()
    with unit_of_work() as session:
        for key, name in rows:
            if name.removesuffix(".pdf") not in but:
                data = f"%PDF {name}".encode()
                values = {"archived_at": clock.now(), "sha256": archive.keep(data), "size": len(data)}
                session.execute(sa.update(Document).where(Document.id == key).values(**values))


def copy_invoices(invoice: int, count: int) -> None:
    """Issued on the same day, with numbers and papers of their own, and as few rows as that needs."""
    with db.engine.begin() as connection:
        for n in range(1, count + 1):
            for table, changes, which in (
                (
                    "invoices",
                    {"id": "id + 1000 * :n", "number": "number || '-' || CAST(:n AS VARCHAR)"},
                    "id",
                ),
                ("documents", {"id": "id + 1000 * :n", "invoice_id": "invoice_id + 1000 * :n"}, "invoice_id"),
            ):
                columns = [each.name for each in db.metadata.tables[table].columns]
                values = ", ".join(changes.get(name, name) for name in columns)
                statement = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {which} = :id"  # noqa: S608 - names of columns
                connection.execute(sa.text(statement), {"n": n, "id": invoice})
