"""What is kept open of orders and invoices is what their invoices, credit notes and payments come to."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.balances.models import InvoiceBalance, OrderBalance
from backoffice.db import db
from backoffice.invoices.drafting import draft_part
from backoffice.invoices.models import Invoice, InvoiceLine, InvoiceState
from backoffice.orders.models import Order
from backoffice.orders.queries import order_sheet
from backoffice.payments.recording import reverse_payment
from backoffice.work import unit_of_work
from tests.billing import a_draft, an_issued_invoice, an_order, issue
from tests.factories import (
    a_credit_note,
    a_line,
    a_payment,
    an_opportunity,
    an_order_with_deposit,
    somebody,
)
from tests.house import House


def kept() -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """By order and by invoice."""
    db.session.rollback()
    orders = db.session.execute(sa.select(OrderBalance.order_id, OrderBalance.open)).all()
    invoices = db.session.execute(sa.select(InvoiceBalance.invoice_id, InvoiceBalance.open)).all()
    return dict(map(tuple, orders)), dict(map(tuple, invoices))


def derived() -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """The same as the pages of each order tell it."""
    db.session.rollback()
    db.session.expunge_all()
    orders, invoices = {}, {}
    today = clock.today("Europe/Paris")
    for key in db.session.scalars(sa.select(Order.id)).all():
        chain = order_sheet(db.session(), key, sa.true(), today=today).chain
        orders[key] = chain.to_bill
        invoices |= {
            each.invoice.id: each.settlement.open
            for each in chain.invoices
            if each.invoice.state is InvoiceState.ISSUED
        }
    return orders, invoices


def test_a_firm_at_work_has_kept_what_its_papers_come_to(house: House):
    assert kept() == derived()
    assert len(kept()[1]) >= 3


def test_every_act_moves_what_is_open(app: Flask):
    order = an_order(an_opportunity(lines=[a_line(quantity="10", price="100")]))
    assert kept() == ({order: Decimal("1200.00")}, {})
    line = db.session.scalars(sa.text("SELECT id FROM order_lines")).one()
    with unit_of_work() as session:
        part = draft_part(session, order, {line: Decimal(4)}, by=somebody(), at=clock.now()).id
    assert kept() == ({order: Decimal("1200.00")}, {}), "a draft owes nothing"
    issue(part, clock.today("Europe/Paris"))
    assert kept() == ({order: Decimal("720.00")}, {part: Decimal("480.00")})
    paid = a_payment(part, "180.00")
    assert kept() == ({order: Decimal("720.00")}, {part: Decimal("300.00")})
    with unit_of_work() as session:
        reverse_payment(session, paid, by=somebody(), at=clock.now(), today=clock.today("Europe/Paris"))
    assert kept() == ({order: Decimal("720.00")}, {part: Decimal("480.00")})
    a_payment(part, "480.00", known=2)
    a_credit_note(part)
    assert kept() == ({order: Decimal("1200.00")}, {part: Decimal("-480.00")}), "money is to go back"
    a_payment(part, "480.00", known=3)
    assert kept() == ({order: Decimal("1200.00")}, {part: Decimal("0.00")})
    assert kept() == derived()


def test_a_deposit_and_its_balance_come_to_the_order(app: Flask):
    order = an_order_with_deposit()
    an_issued_invoice(order)
    rest = a_draft(order)
    issue(rest)
    assert kept() == derived()
    assert kept()[0] == {order: Decimal("0.00")}


def test_an_act_that_is_undone_moves_nothing(app: Flask):
    invoice = an_issued_invoice()
    before = kept()
    with pytest.raises(KeyboardInterrupt):
        interrupted(invoice)
    assert kept() == before


def interrupted(invoice: int) -> None:
    with unit_of_work() as session:
        session.execute(sa.update(InvoiceBalance).values(open=Decimal(0)))
        raise KeyboardInterrupt


def test_a_payment_and_a_credit_note_at_once_each_take_their_part(app: Flask):
    """Each holds another lock: of the invoice, and of its order."""
    invoices = [an_issued_invoice(an_order(an_opportunity(1, 1) if each else None)) for each in range(4)]
    failed: list[BaseException] = []

    def at_once(act: Callable[[], object], ready: threading.Barrier) -> threading.Thread:
        def run() -> None:
            with app.app_context():
                ready.wait()
                try:
                    act()
                except Exception as error:  # noqa: BLE001 - told below
                    failed.append(error)
                finally:
                    db.session.remove()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    for invoice in invoices:
        ready = threading.Barrier(2)
        threads = [
            at_once(lambda invoice=invoice: a_payment(invoice, "100"), ready),
            at_once(lambda invoice=invoice: a_credit_note(invoice, half_the_floor(invoice)), ready),
        ]
        for thread in threads:
            thread.join(30)
    assert failed == []
    assert kept() == derived()
    assert set(kept()[1].values()) == {Decimal("3963.20") - Decimal("1381.60") - Decimal(100)}


def half_the_floor(invoice: int) -> dict[int, Decimal]:
    """Sixteen of thirty-two square metres."""
    floor = db.session.scalars(
        sa.select(InvoiceLine.id).where(
            InvoiceLine.invoice_id == invoice, InvoiceLine.quantity == Decimal(32)
        )
    ).one()
    db.session.rollback()
    return {floor: Decimal(16)}


def test_what_is_kept_is_due_when_the_invoice_is(app: Flask):
    invoice = db.session.get_one(Invoice, an_issued_invoice())
    balance = db.session.get_one(InvoiceBalance, invoice.id)
    assert balance.due_on == invoice.due_on == invoice.issued_on + timedelta(days=30)
