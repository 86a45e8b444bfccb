"""The pages of orders: who sees which, and the one click that makes the invoice."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice.access import PERMISSIONS, Permission
from backoffice.db import db
from backoffice.invoices.models import Invoice
from backoffice.orders.models import Order
from backoffice.quotes.deposit import DepositKind
from backoffice.signatures.models import Signature
from backoffice.staff.models import Role
from tests.billing import a_draft, an_issued_invoice, an_order
from tests.factories import (
    a_client,
    a_member,
    a_seller,
    an_opportunity,
    an_order_with_deposit,
    everything,
    somebody,
)
from tests.reader import Page, PageReader

SignIn = Callable[[int], PageReader]
SEES_OTHERS = {Role.REP: False, Role.MANAGER: True, Role.ACCOUNTANT: True, Role.ADMIN: True}


def test_every_role_may_see_orders_and_invoices_and_bill() -> None:
    for permission in (Permission.SEE_ORDERS, Permission.SEE_INVOICES, Permission.BILL):
        assert PERMISSIONS[permission] == frozenset(Role)


@pytest.mark.parametrize(("role", "sees"), SEES_OTHERS.items())
def test_whose_orders_one_sees(app: Flask, signed_in: SignIn, role: Role, *, sees: bool) -> None:
    """Julien's order, looked at by somebody else."""
    order = an_order()
    number = db.session.get_one(Order, order).number
    client = signed_in(a_member(role, "autre@atelier-duval.example"))
    assert (number in client.page("/orders").text) == sees
    assert client.get(f"/orders/{order}").status_code == (200 if sees else 404)


def test_a_rep_sees_the_own_orders(app: Flask, signed_in: SignIn) -> None:
    order = an_order()
    client = signed_in(somebody())
    assert db.session.get_one(Order, order).number in client.page("/orders").text
    client.page(f"/orders/{order}")


@pytest.mark.parametrize(
    "address",
    ["/orders", "/orders/1", "/invoices", "/invoices/1", "/invoices/1/invoice.pdf", "/documents/1.pdf"],
)
def test_strangers_are_sent_to_sign_in(app: Flask, client: PageReader, address: str) -> None:
    an_issued_invoice()
    answer = client.get(address)
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")


def test_unknown_and_foreign_look_the_same(app: Flask, signed_in: SignIn) -> None:
    an_issued_invoice()
    client = signed_in(a_member(Role.REP, "autre@atelier-duval.example"))
    for address in ("/orders/{}", "/invoices/{}", "/invoices/{}/invoice.pdf", "/documents/{}.pdf"):
        foreign, unknown = client.get(address.format(1)), client.get(address.format(4711))
        assert (foreign.status_code, unknown.status_code) == (404, 404)
        assert Page(foreign.text).text == Page(unknown.text).text


def test_the_page_tells_who_signed_what_and_when(app: Flask, signed_in: SignIn) -> None:
    order = an_order()
    client = signed_in(a_member(Role.ACCOUNTANT))
    page = client.page(f"/orders/{order}")
    signature = db.session.scalars(sa.select(Signature)).one()
    for words in (
        "Claire Moreau",
        "Bon pour accord",
        signature.combined_digest,
        "Bibliothèque",
        "Parquet",
        "3\u202f512,00",
        "3\u202f963,20",
    ):
        assert " ".join(words.split()) in page.text, words


def test_the_signed_quote_is_one_click_away_for_the_accountant_too(app: Flask, signed_in: SignIn) -> None:
    order = an_order()
    client = signed_in(a_member(Role.ACCOUNTANT))
    papers = [link for link in client.page(f"/orders/{order}").links if link.startswith("/documents/")]
    assert len(papers) == 2
    assert {client.get(paper).status_code for paper in papers} <= {202, 503}


def test_one_click_makes_the_invoice_and_leads_to_it(app: Flask, signed_in: SignIn) -> None:
    order = an_order()
    client = signed_in(a_member(Role.ACCOUNTANT))
    answer = client.submit(f"/orders/{order}", {}, part="/invoice")
    invoice = db.session.scalars(sa.select(Invoice)).one()
    assert (answer.status_code, answer.location) == (303, f"/invoices/{invoice.id}")
    assert f"/invoices/{invoice.id}" in client.page(f"/orders/{order}").links


def test_a_second_click_leads_to_the_same_invoice(app: Flask, signed_in: SignIn) -> None:
    order = an_order()
    client = signed_in(a_member(Role.ACCOUNTANT))
    form = client.page(f"/orders/{order}").form("/invoice")
    answers = [client.post(form["action"], data=form["fields"]) for _ in range(2)]
    assert [(each.status_code, each.location) for each in answers] == [(303, "/invoices/1")] * 2
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Invoice)) == 1


def test_a_rep_cannot_bill_somebody_else_s_order(app: Flask, signed_in: SignIn) -> None:
    order = an_order()
    client = signed_in(a_member(Role.REP, "autre@atelier-duval.example"))
    token = client.page("/orders").form("sign-out")["fields"]["csrf_token"]
    assert client.post(f"/orders/{order}/invoice", data={"csrf_token": token}).status_code == 404
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Invoice)) == 0


@pytest.mark.parametrize("data", [{}, {"csrf_token": "forged"}])
def test_without_our_token_nothing_is_made(app: Flask, signed_in: SignIn, data: dict[str, str]) -> None:
    order = an_order()
    client = signed_in(a_member(Role.ACCOUNTANT))
    assert client.post(f"/orders/{order}/invoice", data=data).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Invoice)) == 0


def test_looking_changes_nothing(app: Flask, signed_in: SignIn) -> None:
    an_issued_invoice()
    a_draft(an_order(an_opportunity(1, 1)))
    client = signed_in(a_member(Role.ACCOUNTANT))
    before = everything()
    for address in (
        "/orders",
        "/orders/1",
        "/invoices",
        "/invoices?month=2026-11",
        "/invoices/1",
        "/invoices/2",
        "/invoices/1/invoice.pdf",
        "/documents/1.pdf",
    ):
        assert client.get(address).status_code < 400 or address.endswith(".pdf")
        client.head(address)
    assert everything() == before


def test_a_list_takes_few_statements_however_long_it_is(
    app: Flask, signed_in: SignIn, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    a_seller()
    owner = a_member()
    buyer = a_client(owner)
    client = signed_in(a_member(Role.ACCOUNTANT))

    def count(address: str) -> int:
        with statements() as asked:
            client.page(address)
        return len([each for each in asked if each.startswith("SELECT")])

    an_issued_invoice(an_order(an_opportunity(owner, buyer)))
    short = {address: count(address) for address in ("/orders", "/invoices", "/orders/1", "/invoices/1")}
    for _ in range(4):
        an_issued_invoice(an_order(an_opportunity(owner, buyer)))
    assert {address: count(address) for address in short} == short
    assert max(short["/orders"], short["/invoices"]) <= 6
    assert max(short.values()) <= 14  # with all invoices, credit notes and payments of the order


@pytest.mark.parametrize("database", ["sqlite"])
def test_arrhes_are_called_so_where_they_are_invoiced(app, signed_in):
    order = an_order_with_deposit(kind=DepositKind.ARRHES)
    text = signed_in(a_member(Role.ACCOUNTANT)).page(f"/orders/{order}").text
    assert ("Créer la facture d’arrhes" in text, "facture d’acompte" in text) == (True, False)
