"""Nothing changes an issued invoice: neither our code nor a statement typed into the database."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import selectinload

from backoffice.db import db
from backoffice.invoices.models import Invoice, InvoiceLine, InvoiceState
from backoffice.work import unit_of_work
from tests.billing import a_draft, an_issued_invoice, an_order, stored
from tests.factories import an_opportunity, everything

STATEMENTS = [
    "UPDATE invoices SET number = 'F-2026-9999' WHERE id = 1",
    "UPDATE invoices SET issued_on = '2026-01-01' WHERE id = 1",
    "UPDATE invoices SET due_on = '2027-01-01' WHERE id = 1",
    "UPDATE invoices SET gross = gross + 1 WHERE id = 1",
    "UPDATE invoices SET content = NULL WHERE id = 1",
    "UPDATE invoices SET digest = 'x' WHERE id = 1",
    "UPDATE invoices SET issued_by = NULL WHERE id = 1",
    "UPDATE invoices SET revision = revision + 1 WHERE id = 1",
    "UPDATE invoices SET state = 'draft', number = NULL, issued_on = NULL, due_on = NULL, content = NULL, digest = NULL WHERE id = 1",
    "DELETE FROM invoices WHERE id = 1",
    "DELETE FROM invoice_lines WHERE invoice_id = 1",
    "UPDATE invoice_lines SET net = net + 1 WHERE invoice_id = 1",
    "UPDATE invoice_lines SET name_fr = 'autre chose' WHERE invoice_id = 1",
    "UPDATE invoice_lines SET invoice_id = 2, position = 77 WHERE invoice_id = 1 AND position = 0",
    "UPDATE invoice_lines SET invoice_id = 1, position = 77 WHERE invoice_id = 2 AND position = 0",
    (
        "INSERT INTO invoice_lines (invoice_id, order_line_id, position, nature, unit, quantity, unit_price, discount, vat_category, vat_rate, net)"
        " VALUES (1, 1, 77, 'goods', 'C62', 1, 1, 0, 'S', 2000, 1)"
    ),
    "UPDATE orders SET gross = gross + 1 WHERE id = 1",
    "UPDATE order_lines SET net = net + 1 WHERE order_id = 1",
    "DELETE FROM order_lines WHERE order_id = 1",
    "DELETE FROM orders WHERE id = 1",
]


@pytest.fixture
def invoices(prepared: Callable[..., Any]) -> tuple[int, int]:
    found: tuple[int, int] = prepared(one_issued_and_a_draft)
    return found


def one_issued_and_a_draft() -> tuple[int, int]:
    """An issued invoice, 1, and a draft, 2."""
    issued = an_issued_invoice()
    return issued, a_draft(an_order(an_opportunity(owner=1, client=1)))


def rows() -> dict[str, list[tuple[object, ...]]]:
    return everything(("invoices", "invoice_lines", "orders", "order_lines"))


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses(invoices: tuple[int, int], statement: str) -> None:
    before = rows()
    with pytest.raises(DBAPIError, match="frozen"):
        db.session.execute(sa.text(statement))
    assert rows() == before


@pytest.mark.parametrize("database", ["sqlite"])  # PostgreSQL has no such statement
@pytest.mark.parametrize("table", ["invoice_lines", "order_lines"])
def test_replacing_a_row_is_refused_as_deleting_it_is(invoices: tuple[int, int], table: str) -> None:
    before = rows()
    with pytest.raises(DBAPIError, match="frozen"):
        db.session.execute(sa.text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = 1"))  # noqa: S608
    assert rows() == before


@pytest.mark.parametrize(
    "statement",
    ["UPDATE invoices SET gross = gross + 1 WHERE id = 2", "DELETE FROM invoice_lines WHERE invoice_id = 2"],
)
def test_a_draft_may_still_change(invoices: tuple[int, int], statement: str) -> None:
    before = rows()
    with unit_of_work() as session:
        session.execute(sa.text(statement))
    assert rows() != before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", "F-2026-0002"),
        ("issued_on", date(2026, 1, 1)),
        ("gross", Decimal("1.00")),
        ("content", b"{}"),
        ("state", InvoiceState.DRAFT),
        ("language", "en"),
    ],
)
def test_our_own_code_cannot_change_an_issued_invoice(
    invoices: tuple[int, int], name: str, value: object
) -> None:
    issued, _ = invoices
    content = stored(issued).content
    with pytest.raises(DBAPIError), unit_of_work() as session:
        setattr(session.get_one(Invoice, issued), name, value)
    assert stored(issued).content == content


def test_our_own_code_cannot_add_or_remove_a_line_of_it(invoices: tuple[int, int]) -> None:
    issued, _ = invoices
    with pytest.raises(DBAPIError), unit_of_work() as session:
        session.delete(
            session.scalars(sa.select(InvoiceLine).where(InvoiceLine.invoice_id == issued)).first()
        )
    with pytest.raises(DBAPIError):
        add_a_line_to(issued)


def add_a_line_to(issued: int) -> None:
    with unit_of_work() as session:
        invoice = session.scalars(
            sa.select(Invoice).where(Invoice.id == issued).options(selectinload(Invoice.lines))
        ).one()
        old = invoice.lines[0]
        copied = {
            c.key: getattr(old, c.key)
            for c in sa.inspect(InvoiceLine).column_attrs
            if c.key not in {"id", "position"}
        }
        session.add(InvoiceLine(**copied, position=77))


@pytest.mark.parametrize(
    ("state", "number"),
    [("draft", "F-2026-0099"), ("issued", None)],
    ids=["a numbered draft", "an issued one without number"],
)
def test_state_number_and_dates_go_together(
    invoices: tuple[int, int], state: str, number: str | None
) -> None:
    with pytest.raises(DBAPIError):
        db.session.execute(
            sa.text("UPDATE invoices SET state = :state, number = :number WHERE id = 2"),
            {"state": state, "number": number},
        )


def test_an_order_has_one_draft_at_most(invoices: tuple[int, int]) -> None:
    table = Invoice.__table__
    copied = [column for column in table.columns if column.name != "id"]
    twin = table.insert().from_select(
        [column.name for column in copied], sa.select(*copied).where(table.c.id == 2)
    )
    with pytest.raises(DBAPIError):
        db.session.execute(twin)
