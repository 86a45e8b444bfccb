"""The lists of orders and invoices: found by what one remembers, narrowed, turned page by page."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from backoffice import clock, paging
from backoffice.clients.models import Client, Contact, Standing
from backoffice.credit_notes.models import CreditNote
from backoffice.db import db
from backoffice.invoices.drafting import draft_part
from backoffice.invoices.listing import LATEST, invoice_list
from backoffice.invoices.listing import Standing as InvoiceStanding
from backoffice.invoices.listing import Wanted as WantedInvoices
from backoffice.invoices.models import Invoice
from backoffice.orders.listing import Billing, Wanted, order_list
from backoffice.orders.models import Order, OrderLine
from backoffice.paging import Place
from backoffice.payments.settlement import Stage
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.billing import a_draft, an_issued_invoice, an_order, issue
from tests.factories import (
    a_client,
    a_credit_note,
    a_line,
    a_member,
    a_payment,
    a_seller,
    an_opportunity,
    an_order_with_deposit,
)
from tests.reader import PageReader

SignIn = Callable[..., PageReader]
TODAY = date(2026, 11, 22)


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Ids of orders by their titles, and of their invoices."""

    orders: dict[str, int]
    invoices: dict[str, int]
    firm: int


@pytest.fixture
def ledger(prepared: Callable[..., Any]) -> Ledger:
    found: Ledger = prepared(a_ledger)
    return found


def a_ledger() -> Ledger:
    """Four orders: not invoiced, drafted, invoiced in part, wholly; two clients."""
    a_seller()
    rep = a_member()
    person = a_client(rep)
    firm = a_client(rep, Standing.PROFESSIONAL, name="Crêperie Ty Breizh")
    one = [a_line(quantity="10", price="100")]
    orders = {
        "Escalier hélicoïdal": an_order(an_opportunity(rep, person, one, title="Escalier hélicoïdal")),
        "Bardage": an_order(an_opportunity(rep, person, [a_line()], title="Bardage")),
        "Comptoir": an_order(
            an_opportunity(rep, firm, [a_line(quantity="10", price="100")], title="Comptoir")
        ),
        "Terrasse": an_order(an_opportunity(rep, firm, [a_line()], title="Terrasse")),
    }
    line = db.session.scalars(sa.select(OrderLine.id).where(OrderLine.order_id == orders["Comptoir"])).one()
    with unit_of_work() as session:
        part = draft_part(session, orders["Comptoir"], {line: Decimal(4)}, by=rep, at=clock.now()).id
    issue(part, date(2026, 10, 1))
    whole = an_issued_invoice(orders["Terrasse"], on=date(2026, 11, 20))
    draft = a_draft(orders["Bardage"])
    return Ledger(orders=orders, invoices={"Comptoir": part, "Terrasse": whole, "Bardage": draft}, firm=firm)


@pytest.fixture
def reader(ledger: Ledger, signed_in: SignIn) -> PageReader:
    return signed_in(a_member(Role.ACCOUNTANT))


def shown(reader: PageReader, address: str, titles: dict[str, int]) -> set[str]:
    text = reader.page(address).text
    return {title for title in titles if title in text}


def number_of(entity: type[Order] | type[Invoice] | type[CreditNote], key: int) -> str:
    return str(db.session.scalars(sa.select(entity.number).where(entity.id == key)).one())


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("helicoidal", {"Escalier hélicoïdal"}),
        ("ESCALIER", {"Escalier hélicoïdal"}),
        ("creperie", {"Comptoir", "Terrasse"}),
        ("breizh comptoir", {"Comptoir"}),
        ("yann", {"Comptoir", "Terrasse"}),
        ("moreau", {"Escalier hélicoïdal", "Bardage"}),
        ("moreau comptoir", set()),
        ("100%25", set()),
        ("_", set()),
        ("%00", {"Escalier hélicoïdal", "Bardage", "Comptoir", "Terrasse"}),
        ("\\", set()),
        ("' OR 1=1 --", set()),
    ],
)
def test_orders_are_found_by_title_client_and_contact_whatever_the_accents(reader, ledger, words, found):
    assert shown(reader, f"/orders?q={words}", ledger.orders) == found
    assert shown(reader, f"/invoices?q={words}", ledger.invoices) == found - {"Escalier hélicoïdal"}


def test_a_number_finds_its_paper_and_those_of_the_same_chain(reader, ledger):
    order = number_of(Order, ledger.orders["Terrasse"])
    quote = db.session.get_one(Order, ledger.orders["Terrasse"]).quote_number
    invoice = number_of(Invoice, ledger.invoices["Terrasse"])
    note = number_of(CreditNote, a_credit_note(ledger.invoices["Terrasse"]))
    for number in (order, quote, invoice, note, order.lower()):
        assert shown(reader, f"/orders?q={number}", ledger.orders) == {"Terrasse"}, number
        assert shown(reader, f"/invoices?q={number}", ledger.invoices) == {"Terrasse"}, number
    assert shown(reader, f"/orders?q={order[:-1]}", ledger.orders) == set(ledger.orders)


def test_of_an_order_with_several_invoices_a_number_finds_the_one(reader, ledger):
    order = ledger.orders["Comptoir"]
    rest = an_issued_invoice(order, on=date(2026, 11, 20))
    first = number_of(Invoice, ledger.invoices["Comptoir"])
    links = reader.page(f"/invoices?q={first}").links
    assert f"/invoices/{ledger.invoices['Comptoir']}" in links
    assert f"/invoices/{rest}" not in links
    links = reader.page(f"/invoices?q={number_of(Order, order)}").links
    assert {f"/invoices/{ledger.invoices['Comptoir']}", f"/invoices/{rest}"} <= set(links)


def test_what_looks_like_a_number_and_is_none_is_a_word(reader, ledger):
    with unit_of_work() as session:
        session.execute(sa.update(Contact).values(search_text="\nvilla a4\n"))
    assert shown(reader, "/orders?q=a4", ledger.orders) == set(ledger.orders)


@pytest.mark.parametrize(
    ("billing", "found"),
    [
        ("to_invoice", {"Escalier hélicoïdal"}), ("draft", {"Bardage"}), ("partly", {"Comptoir"}), ("fully", {"Terrasse"}),
        ("nonsense", {"Escalier hélicoïdal", "Bardage", "Comptoir", "Terrasse"}),
    ],
)  # fmt: skip
def test_orders_are_narrowed_to_how_far_they_are_invoiced(reader, ledger, billing, found):
    assert shown(reader, f"/orders?billing={billing}", ledger.orders) == found


def test_what_is_credited_is_to_be_invoiced_again(reader, ledger):
    a_credit_note(ledger.invoices["Terrasse"])
    assert "Terrasse" in shown(reader, "/orders?billing=to_invoice", ledger.orders)
    assert shown(reader, "/orders?billing=fully", ledger.orders) == set()


def test_the_chip_of_a_listed_order_says_what_the_filter_says(app, ledger):
    for billing in Billing:
        found = order_list(
            db.session(), sa.true(), Wanted(billing=billing), Place(), zone="Europe/Paris", today=TODAY
        )
        assert [each.chip for each in found.page.rows] == [billing.chip()], billing


def test_invoices_are_narrowed_to_how_they_stand(reader, ledger):
    deposit = an_issued_invoice(
        an_order_with_deposit(an_opportunity(1, 1, title="Vitrine")), on=date(2026, 11, 20)
    )
    credited = an_issued_invoice(an_order(an_opportunity(1, 1, title="Portail")), on=date(2026, 11, 20))
    repaid = an_issued_invoice(an_order(an_opportunity(1, 1, title="Auvent")), on=date(2026, 11, 20))
    a_payment(ledger.invoices["Terrasse"], "1200.00")
    a_credit_note(credited)
    a_payment(repaid, "100.00")
    a_credit_note(repaid, known=0)
    titles = {**ledger.invoices, "Vitrine": deposit, "Portail": credited, "Auvent": repaid}
    for query, found in (
        ("standing=draft", {"Bardage"}), ("standing=paid", {"Terrasse"}), ("standing=credited", {"Portail"}), ("standing=to_refund", {"Auvent"}),
        ("standing=unpaid", {"Comptoir", "Vitrine"}), ("kind=deposit", {"Vitrine"}), ("kind=part", {"Comptoir"}),
        ("kind=whole&standing=paid", {"Terrasse"}), ("standing=nonsense&kind=nonsense", set(titles)),
    ):  # fmt: skip
        assert shown(reader, f"/invoices?{query}", titles) == found, query


@pytest.mark.parametrize("standing", list(InvoiceStanding))
def test_the_filter_says_what_the_chip_says(app, ledger, standing):
    """With dates far on, everything open is overdue."""
    a_payment(ledger.invoices["Terrasse"], "1200.00")
    stages = {
        InvoiceStanding.DRAFT: {Stage.DRAFT},
        InvoiceStanding.UNPAID: {Stage.ISSUED, Stage.PARTLY_PAID, Stage.OVERDUE},
        InvoiceStanding.OVERDUE: {Stage.OVERDUE},
        InvoiceStanding.PAID: {Stage.PAID},
        InvoiceStanding.CREDITED: {Stage.CREDITED},
        InvoiceStanding.TO_REFUND: {Stage.TO_REFUND},
    }[standing]
    for today in (TODAY, TODAY + timedelta(days=90)):
        every = invoice_list(db.session(), sa.true(), WantedInvoices(), Place(), today=today).page.rows
        found = invoice_list(
            db.session(), sa.true(), WantedInvoices(standing=standing), Place(), today=today
        ).page.rows
        assert {each.invoice.id for each in found} == {
            each.invoice.id for each in every if each.settlement.stage in stages
        }


def test_an_invoice_is_overdue_from_the_day_after_it_was_due(app, ledger):
    due = db.session.get_one(Invoice, ledger.invoices["Comptoir"]).due_on

    def overdue(today: date) -> list[int]:
        wanted = WantedInvoices(standing=InvoiceStanding.OVERDUE)
        rows = invoice_list(db.session(), sa.true(), wanted, Place(), today=today).page.rows
        return [each.invoice.id for each in rows]

    assert overdue(due) == []
    assert overdue(due + timedelta(days=1)) == [ledger.invoices["Comptoir"]]


def test_months_are_those_of_signature_and_of_issue(reader, ledger):
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            connection.exec_driver_sql("DROP TRIGGER frozen_orders_update")
        # In Paris it was the first of March by then.
        connection.execute(
            sa.update(Order)
            .where(Order.id == ledger.orders["Comptoir"])
            .values(placed_at=clock.now().replace(2026, 2, 28, 23, 30))
        )
    assert shown(reader, "/orders?month=2026-03", ledger.orders) == {"Comptoir"}
    assert shown(reader, "/orders?month=2026-02", ledger.orders) == set()
    assert shown(reader, "/invoices?month=2026-10", ledger.invoices) == {"Comptoir"}
    assert shown(reader, "/invoices?month=2026-11", ledger.invoices) == {"Terrasse"}
    assert shown(reader, "/invoices?month=nonsense", ledger.invoices) == set(ledger.invoices)


def test_a_client_s_name_narrows_to_it_and_the_page_says_so(reader, ledger):
    for path, titles in (("/orders", ledger.orders), ("/invoices", ledger.invoices)):
        page = reader.page(path)
        narrowing = f"{path}?client={ledger.firm}"
        assert narrowing in page.links
        narrowed = reader.page(narrowing)
        assert {title for title in titles if title in narrowed.text} == {"Comptoir", "Terrasse"}
        (form,) = [form for form in narrowed.forms if "client" in form["fields"]]
        assert form["fields"]["client"] == str(ledger.firm)
        assert shown(reader, f"{narrowing}&q=terrasse", titles) == {"Terrasse"}


def test_the_papers_of_a_merged_client_are_those_of_the_one_that_stays(reader, ledger):
    with unit_of_work() as session:
        merged = session.get_one(Client, 1)
        merged.merged_into_id, merged.archived_at = ledger.firm, clock.now()
    for client in (1, ledger.firm):
        assert shown(reader, f"/orders?client={client}", ledger.orders) == set(ledger.orders)
        assert "Crêperie Ty Breizh" in reader.page(f"/invoices?client={client}").text


def test_a_foreign_client_is_not_named_and_narrows_nothing(app, ledger, signed_in):
    nadia = signed_in(a_member(email="nadia@atelier-duval.example"))
    for path in ("/orders", "/invoices"):
        foreign, unknown = (nadia.page(f"{path}?client={client}").text for client in (ledger.firm, 4711))
        assert foreign == unknown
        assert "Breizh" not in foreign


def test_a_rep_s_search_finds_nothing_of_another_s(app, ledger, signed_in):
    nadia = signed_in(a_member(email="nadia@atelier-duval.example"))
    number = number_of(Invoice, ledger.invoices["Terrasse"])
    for query in ("q=terrasse", f"q={number}", "billing=fully", "standing=unpaid"):
        for path in ("/orders", "/invoices"):
            assert shown(nadia, f"{path}?{query}", ledger.orders) == set(), (path, query)


@pytest.mark.slow
def test_pages_follow_each_other_and_keep_the_filters(reader, ledger):
    """Drafts of one client, more than a page of them."""
    for _ in range(paging.SIZE + 1):
        a_draft(an_order(an_opportunity(1, 1, [a_line()], title="Pergola")))
    for path, query in (("orders", "billing=draft"), ("invoices", "standing=draft")):
        first = reader.page(f"/{path}?q=pergola&{query}&client=1")
        (onward,) = [link for link in first.links if "after=" in link]
        assert {"q=pergola", query, "client=1"} <= set(onward.partition("?")[2].split("&"))
        second = reader.page(onward)
        entries = [
            [link for link in page.links if re.fullmatch(rf"/{path}/\d+", link)] for page in (first, second)
        ]
        assert [len(set(each)) for each in entries] == [paging.SIZE, 1]
        assert not set(entries[0]) & set(entries[1])


def test_the_latest_issued_stands_first_below_the_drafts(app, ledger):
    """Drafted long ago and issued now, it is not hidden among the old."""
    issue(ledger.invoices["Bardage"], date(2026, 11, 22))
    fresh = a_draft(ledger.orders["Escalier hélicoïdal"])
    rows = invoice_list(db.session(), sa.true(), WantedInvoices(), Place(), today=TODAY).page.rows
    assert [each.invoice.id for each in rows] == [
        fresh, ledger.invoices["Bardage"], ledger.invoices["Terrasse"], ledger.invoices["Comptoir"]
    ]  # fmt: skip
    assert LATEST.descending


@pytest.mark.parametrize(
    "narrowed", ["", "?q=moreau", "?client=1&month=2026-11", "?billing=draft&standing=unpaid&kind=part"]
)
def test_a_list_asks_no_more_for_many_than_for_few(reader, ledger, statements, narrowed):
    def asked(path: str) -> int:
        reader.page(f"{path}{narrowed}")
        with statements() as found:
            reader.page(f"{path}{narrowed}")
        return len(found)

    few = {path: asked(path) for path in ("/orders", "/invoices")}
    for _ in range(5):
        an_issued_invoice(an_order(an_opportunity(1, 1)), on=date(2026, 11, 22))
    assert {path: asked(path) for path in few} == few
    assert max(few.values()) <= 10


@pytest.mark.parametrize(
    "query",
    ["month=2026-13", "client=99999999999999999999", "client=-1", "client=x", "billing=?&standing=?&kind=?", "after=zzz", "before=W10",
     "after=WyI5OTk5LTEyLTMxVDIzOjU5OjU5KzAwOjAwIiwgMV0", "q=" + "é" * 3000, "q=%ff%fe", "page=7", "month=0001-01", "month=9998-12"],
)  # fmt: skip
def test_an_odd_query_is_answered(reader, ledger, query):
    for path in ("/orders", "/invoices"):
        assert reader.get(f"{path}?{query}").status_code == 200, path


def test_an_empty_list_says_what_to_do(app, signed_in):
    a_seller()
    reader = signed_in(a_member(Role.ACCOUNTANT))
    assert "Aucune commande" in reader.page("/orders").text
    assert "Aucune facture" in reader.page("/invoices").text
    assert "/orders" in reader.page("/orders?q=rien").links
