"""The first click bills the deposit, the last one the balance; parts in between never exceed what was ordered."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import selectinload

from backoffice import clock
from backoffice.credit_notes.refusals import (
    AlreadyCredited,
    DepositDeducted,
    DraftInTheWay,
    MoreThanInvoiced,
    NotIssued,
)
from backoffice.db import db
from backoffice.invoices.drafting import discard_draft, draft_invoice, draft_part
from backoffice.invoices.models import Invoice, InvoiceKind, InvoiceState
from backoffice.invoices.refusals import AlreadyInvoiced, Discarded, MoreThanOrdered, NothingToInvoice
from backoffice.orders.models import Order, OrderLine
from backoffice.quotes.deposit import DepositKind
from backoffice.work import unit_of_work
from tests.billing import DAY, a_draft, an_issued_invoice, an_order, counter, issue, stored
from tests.factories import a_credit_note, a_line, an_opportunity, an_order_with_deposit, somebody

AWKWARD = [("Lot A", "3", "33.333333", "20"), ("Lot B", "7", "0.07", "5.5"), ("Lot C", "1", "999.99", "20")]


def an_awkward_order(percent: str = "30") -> int:
    lines = [a_line(name, quantity, price, vat) for name, quantity, price, vat in AWKWARD]
    return an_order_with_deposit(an_opportunity(lines=lines), percent=percent)


def order_lines(order: int) -> list[OrderLine]:
    return list(
        db.session.scalars(
            sa.select(OrderLine).where(OrderLine.order_id == order).order_by(OrderLine.position)
        )
    )


def a_part(order: int, *quantities: str) -> int:
    """A draft of these quantities, in the order of the lines."""
    wanted = {
        line.id: Decimal(quantity) for line, quantity in zip(order_lines(order), quantities, strict=True)
    }
    by = somebody()
    with unit_of_work() as session:
        return draft_part(session, order, wanted, by=by, at=clock.now()).id


def billed(order: int) -> tuple[Decimal, Decimal, Decimal]:
    """Net, VAT and gross of all issued invoices."""
    rows = db.session.execute(
        sa.select(Invoice.net, Invoice.vat, Invoice.gross).where(
            Invoice.order_id == order, Invoice.state == InvoiceState.ISSUED
        )
    ).all()
    net, vat, gross = zip(*rows, strict=True)
    return sum(net, Decimal(0)), sum(vat, Decimal(0)), sum(gross, Decimal(0))


def signed_amounts(order: int) -> tuple[Decimal, Decimal, Decimal]:
    row = db.session.get_one(Order, order)
    return row.net, row.vat, row.gross


def texts(invoice: int) -> str:
    return "\n".join(text["text"]["fr"] for text in stored(invoice).read()["texts"])


def test_the_first_click_bills_the_deposit_and_the_second_the_balance_less_the_deposit(app: Flask) -> None:
    order = an_order_with_deposit()
    first = an_issued_invoice(order)
    deposit = stored(first)
    assert (deposit.kind, deposit.due_on) == (InvoiceKind.DEPOSIT, DAY)
    content = deposit.read()
    assert (content["type_code"], content["supplied_on"]) == ("386", None)
    # 1 000 € at 20 % and 2 512 € at 10 %, of which 30 %
    assert [(line["net"], line["vat"]["rate"]) for line in content["lines"]] == [(75360, 1000), (30000, 2000)]
    assert (deposit.net, deposit.vat, deposit.gross) == (
        Decimal("1053.60"),
        Decimal("135.36"),
        Decimal("1188.96"),
    )

    balance = stored(an_issued_invoice(order))
    content = balance.read()
    assert (balance.kind, content["type_code"], balance.deducts_id) == (
        InvoiceKind.BALANCE,
        "380",
        first,
    )
    assert [(line["quantity"], line["net"]) for line in content["lines"]][-2:] == [
        (-10_000, -75360),
        (-10_000, -30000),
    ]
    assert content["deducts"] == {"number": "F-2026-0001", "issued_on": DAY.isoformat(), "gross": 118896}
    assert balance.due_on == DAY + timedelta(days=30)
    assert billed(order) == signed_amounts(order)


def test_deposit_three_parts_and_the_balance_come_to_the_order(app: Flask) -> None:
    order = an_awkward_order()
    an_issued_invoice(order)
    for quantities in (("1", "2.5", "0"), ("1.5", "0", "0.3333"), ("0", "4", "0")):
        part = a_part(order, *quantities)
        assert stored(part).kind is InvoiceKind.PART
        issue(part)
    last = an_issued_invoice(order)
    assert stored(last).kind is InvoiceKind.BALANCE
    assert billed(order) == signed_amounts(order)
    with pytest.raises(AlreadyInvoiced):
        a_draft(order)


def test_a_whole_deposit_leaves_a_balance_of_nothing_that_is_issued_all_the_same(app: Flask) -> None:
    order = an_awkward_order("100")
    an_issued_invoice(order)
    balance = stored(an_issued_invoice(order))
    assert (balance.net, balance.vat, balance.gross) == (0, 0, 0)
    assert balance.number == "F-2026-0002"


def test_without_a_deposit_nothing_is_deducted_and_the_first_click_bills_all(app: Flask) -> None:
    invoice = stored(an_issued_invoice())
    assert (invoice.kind, invoice.deducts_id) == (InvoiceKind.WHOLE, None)
    assert (invoice.read()["billing"], invoice.read()["deducts"]) == ("whole", None)


def test_once_a_part_is_billed_the_deposit_no_longer_is(app: Flask) -> None:
    order = an_order_with_deposit()
    issue(a_part(order, "1", "0"))
    last = stored(an_issued_invoice(order))
    assert last.kind is InvoiceKind.BALANCE
    assert billed(order) == signed_amounts(order)


@pytest.mark.parametrize(
    ("kind", "said"), [(DepositKind.ACOMPTE, "engagement ferme"), (DepositKind.ARRHES, "restitue le double")]
)
def test_each_paper_says_what_its_deposit_is_in_law(app: Flask, kind: DepositKind, said: str) -> None:
    order = an_order_with_deposit(kind=kind)
    deposit = an_issued_invoice(order)
    assert said in texts(deposit)
    balance = an_issued_invoice(order)
    assert said not in texts(balance)
    deducted = texts(balance).replace("\u202f", " ").replace("\xa0", " ")
    assert (
        "Déduction faite du versement à la commande, facture n° F-2026-0001 du 20 novembre 2026" in deducted
    )
    assert "1 053,60 € HT, 135,36 € de TVA, 1 188,96 € TTC" in deducted


@pytest.mark.parametrize("quantities", [("1.0001", "0"), ("0", "33"), ("2", "1")])
def test_more_than_was_ordered_is_never_billed(app: Flask, quantities: tuple[str, str]) -> None:
    order = an_order()
    with pytest.raises(MoreThanOrdered):
        a_part(order, *quantities)
    issue(a_part(order, "0.5", "30"))
    with pytest.raises(MoreThanOrdered):
        a_part(order, "0.5001", "0")


def test_an_invoice_of_nothing_is_none(app: Flask) -> None:
    with pytest.raises(NothingToInvoice):
        a_part(an_order(), "0", "0")


def test_an_order_has_one_draft_at_a_time_and_a_discarded_one_makes_room(app: Flask) -> None:
    order = an_order()
    draft = a_part(order, "1", "0")
    with pytest.raises(AlreadyInvoiced) as refused:
        a_part(order, "0", "1")
    assert refused.value.facts["invoice"] == draft
    by = somebody()
    with unit_of_work() as session:
        discard_draft(session, draft, revision=1, by=by, at=clock.now())
    with pytest.raises(Discarded):
        issue(draft, revision=2)
    assert counter()[1] == 0
    assert stored(an_issued_invoice(order)).kind is InvoiceKind.WHOLE


def test_a_button_of_a_stale_page_makes_nothing_else_than_it_said(app: Flask) -> None:
    order = an_order_with_deposit()
    deposit = an_issued_invoice(order)
    by = somebody()
    with pytest.raises(AlreadyInvoiced) as refused, unit_of_work() as session:
        draft_invoice(session, order, by=by, at=clock.now(), kind=InvoiceKind.DEPOSIT)
    assert refused.value.facts["invoice"] == deposit


# Credit notes


def lines_of(invoice: int) -> list[int]:
    query = sa.select(Invoice).where(Invoice.id == invoice).options(selectinload(Invoice.lines))
    return [line.id for line in db.session.scalars(query).one().lines]


def test_what_is_credited_can_be_billed_again(app: Flask) -> None:
    order = an_order()
    invoice = an_issued_invoice(order)
    parquet = lines_of(invoice)[1]
    a_credit_note(invoice, {parquet: Decimal(10)})
    again = stored(an_issued_invoice(order))
    assert again.kind is InvoiceKind.BALANCE
    assert [line["quantity"] for line in again.read()["lines"]] == [100_000]
    assert again.net == Decimal("785.00")
    with pytest.raises(MoreThanInvoiced):
        a_credit_note(invoice, {parquet: Decimal("22.0001")}, known=1)
    a_credit_note(invoice, known=1)
    with pytest.raises(AlreadyCredited):
        a_credit_note(invoice, known=2)


def test_a_deposit_that_was_deducted_is_credited_last(app: Flask) -> None:
    order = an_order_with_deposit()
    deposit = an_issued_invoice(order)
    balance = an_issued_invoice(order)
    with pytest.raises(DepositDeducted) as refused:
        a_credit_note(deposit)
    assert refused.value.facts["invoice"] == stored(balance).number
    a_credit_note(balance)
    a_credit_note(deposit)
    assert stored(a_draft(order)).kind is InvoiceKind.DEPOSIT


def test_only_what_was_issued_is_credited_and_only_when_no_draft_counts_on_it(app: Flask) -> None:
    order = an_order()
    draft = a_part(order, "1", "0")
    with pytest.raises(NotIssued):
        a_credit_note(draft)
    issue(draft, on=date(2026, 11, 22))
    a_draft(order)
    with pytest.raises(DraftInTheWay):
        a_credit_note(draft)
