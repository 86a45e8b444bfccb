"""The accountant's page: a month at a glance, and never a question about which quote it was."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.accounting.papers import in_order, papers_of
from backoffice.accounting.span import LONGEST, Span, TooLong, TurnedRound
from backoffice.accounting.sums import overview, sums_of
from backoffice.db import db
from backoffice.invoices.models import Invoice
from backoffice.invoices.months import Month, months_between
from backoffice.orders.models import Order
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.backoffice.accounting.conftest import Books, copy_invoices, keep_papers
from tests.billing import an_issued_invoice, an_order
from tests.factories import a_client, a_member, a_seller, an_opportunity, everything
from tests.reader import PageReader

ALL = Span(date(2026, 9, 1), date(2027, 12, 31))
OCTOBER = Span.of_month(Month(2026, 10))


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def read_table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


@pytest.mark.parametrize(
    ("role", "status"), [(Role.REP, 404), (Role.MANAGER, 404), (Role.ACCOUNTANT, 200), (Role.ADMIN, 200)]
)
def test_the_books_are_the_accountant_s_and_the_administrator_s(app: Flask, signed_in, books, role, status):
    reader = signed_in(a_member(role, "autre@atelier-duval.example"))
    assert reader.get("/accounting").status_code == status
    assert reader.get("/accounting/table.csv").status_code == status
    assert reader.post("/accounting/zip").status_code == (404 if status == 404 else 422)
    assert ("/accounting" in reader.page("/invoices").links) == (status == 200)


def test_a_month_shows_each_paper_with_its_quote_its_order_and_how_it_was_paid(accountant, books: Books):
    page = accountant.page("/accounting?month=2026-10")
    text = plain(page.text)
    assert page.headings == ["Comptabilité : octobre 2026"]
    assert "3 factures · 0 avoir" in text
    order = db.session.get_one(Order, db.session.get_one(Invoice, books.deposit).order_id)
    for words in ("F-2026-0002", "Facture d’acompte", "01/10/2026", "Mme Claire Moreau", order.number, order.quote_number,
                  "En retard", "03/10/2026, 05/10/2026", "Facture de solde"):  # fmt: skip
        assert words in text, words
    assert "F-2026-0001" not in text
    assert text.index("F-2026-0002") < text.index("F-2026-0003") < text.index("F-2026-0004")
    assert {f"/orders/{order.id}", f"/invoices/{books.deposit}"} <= set(page.links)


def test_a_paper_is_one_click_away_once_it_is_made(accountant, books: Books):
    address = f"/invoices/{books.deposit}/invoice.pdf"
    page = accountant.page("/accounting?month=2026-10")
    assert address not in page.links
    assert "3 PDF sont encore en préparation : F-2026-0002, F-2026-0003, F-2026-0004." in page.text
    keep_papers()
    page = accountant.page("/accounting?month=2026-10")
    assert "préparation" not in page.text
    assert (
        accountant.get(next(link for link in page.links if link == address)).data == b"%PDF F-2026-0002.pdf"
    )


def test_a_credit_note_is_taken_off_and_says_of_which_invoice(accountant, books: Books):
    today = clock.today("Europe/Paris")
    page = accountant.page(f"/accounting?month={Month.of(today)}")
    text = plain(page.text)
    assert "0 facture · 1 avoir" in text
    assert "Avoir sur F-2026-0004" in text
    assert "−3 963,20 €" in text
    assert f"/credit-notes/{books.note}" in page.links


def test_the_sums_are_those_of_the_papers(app: Flask, books: Books):
    session, today = db.session(), date(2027, 1, 1)
    found, ordering = in_order(ALL)
    keys = [(series, key) for series, key, *_ in session.execute(found.add_columns(*ordering.columns)).all()]
    papers = papers_of(session, keys, today=today)
    assert len(papers) == 5
    (sums,) = sums_of(session, ALL)
    assert sums.net == sum(paper.totals.net for paper in papers)
    assert sums.vat == sum(paper.totals.vat for paper in papers)
    assert sums.gross == sum(paper.totals.gross for paper in papers)
    # The whole of one order, the deposit and the balance of another; the third was credited.
    assert (sums.net, sums.vat, sums.gross) == (Decimal("7024.00"), Decimal("902.40"), Decimal("7926.40"))
    assert [(each.vat.rate, each.base, each.tax) for each in sums.rates] == [
        (Decimal(10), Decimal("5024.00"), Decimal("502.40")),
        (Decimal(20), Decimal("2000.00"), Decimal("400.00")),
    ]


def test_papers_come_in_the_order_in_which_they_were_issued(app: Flask, books: Books):
    session = db.session()
    found, ordering = in_order(ALL)
    rows = session.execute(found.order_by(*ordering.columns)).all()
    assert [tuple(row) for row in rows] == [
        ("invoice", books.earlier), ("invoice", books.deposit), ("invoice", books.balance), ("invoice", books.whole),
        ("credit_note", books.note),
    ]  # fmt: skip


def test_a_reverse_entry_takes_its_day_away(accountant, books: Books):
    page = accountant.page(f"/invoices/{books.deposit}")
    first = next(form for form in page.forms if "/reverse" in form["action"])
    assert accountant.post(first["action"], data=first["fields"]).status_code == 303
    text = accountant.page("/accounting?month=2026-10").text
    assert "05/10/2026" in text
    assert "03/10/2026" not in text


def test_what_the_page_names_is_what_the_paper_names(accountant, books: Books):
    """Renamed since, the client stays as invoiced."""
    with unit_of_work() as session:
        session.execute(sa.text("UPDATE clients SET name = 'Autre nom'"))
    assert "Mme Claire Moreau" in accountant.page("/accounting?month=2026-10").text
    rows = read_table(accountant.get("/accounting/table.csv?month=2026-10").data)
    assert {row["Client"] for row in rows} == {"Mme Claire Moreau"}


def test_the_table_can_be_added_up_by_a_french_spreadsheet(accountant, books: Books):
    answer = accountant.get("/accounting/table.csv?first=2026-09-01&last=2027-12-31")
    assert answer.mimetype == "text/csv"
    assert "comptabilite-2026-09-01_2027-12-31.csv" in answer.headers["Content-Disposition"]
    rows = read_table(answer.data)
    assert [row["Numéro"] for row in rows] == [
        "F-2026-0001", "F-2026-0002", "F-2026-0003", "F-2026-0004", "A-2026-0001"
    ]  # fmt: skip

    def total(column: str) -> Decimal:
        return sum((Decimal(row[column].replace(",", ".") or 0) for row in rows), Decimal(0))

    assert total("Total HT") == Decimal("7024.00")
    assert total("Total TTC") == Decimal("7926.40")
    assert total("HT à 20\u202f%") + total("HT à 10\u202f%") == total("Total HT")
    assert total("TVA à 20\u202f%") + total("TVA à 10\u202f%") == total("TVA")
    deposit, note = rows[1], rows[-1]
    assert (deposit["Type"], deposit["Date"], deposit["Échéance"]) == (
        "Facture d’acompte",
        "01/10/2026",
        "01/10/2026",
    )
    assert (deposit["Payée le"], deposit["Encaissé"]) == ("03/10/2026, 05/10/2026", "300")
    assert (deposit["Commande"], deposit["Devis"]) == (rows[2]["Commande"], rows[2]["Devis"])
    assert deposit["Fichier"] == "F-2026-0002.pdf"
    assert (note["Avoir sur la facture"], note["Total TTC"], note["Échéance"]) == (
        "F-2026-0004",
        "-3963,2",
        "",
    )


def test_nothing_that_a_client_is_called_becomes_a_formula(app: Flask, signed_in):
    a_seller()
    rep = a_member()
    an_issued_invoice(an_order(an_opportunity(rep, a_client(rep, name="=2+5"))), on=date(2026, 10, 2))
    reader = signed_in(a_member(Role.ACCOUNTANT))
    (row,) = read_table(reader.get("/accounting/table.csv?month=2026-10").data)
    assert row["Client"] == "'=2+5"


def test_one_turns_from_month_to_month(accountant, books: Books):
    assert "/accounting?month=2026-09" in accountant.page("/accounting?month=2026-10").links
    assert "/accounting?month=2026-11" in accountant.page("/accounting?month=2026-10").links
    first = accountant.page("/accounting?month=2026-09")
    assert not [link for link in first.links if "month=2026-08" in link]


def test_the_page_opens_on_the_latest_month_of_which_there_is_anything(accountant, books: Books):
    assert accountant.page("/accounting").headings == ["Comptabilité : octobre 2026"]


def test_without_any_invoice_it_opens_on_this_month(app: Flask, signed_in):
    a_seller()
    page = signed_in(a_member(Role.ACCOUNTANT)).page("/accounting")
    assert "Rien n’a été émis" in page.text
    assert not [form for form in page.forms if "/zip" in form["action"]]


def test_days_are_typed_as_people_type_them_and_stay_typed_when_they_are_wrong(accountant, books: Books):
    page = accountant.page("/accounting?first=30/09/2026&last=01.10.2026")
    assert "2 factures" in plain(page.text)
    assert page.headings == ["Comptabilité : du 30 septembre 2026 au 1er octobre 2026"]
    for query, words in (
        ("first=31/10/2026&last=1/10/2026", "échangez-les"), ("first=2020-01-01&last=2026-01-01", "deux ans au plus"),
        ("first=demain&last=2026-10-31", "Saisissez"), ("first=&last=2026-10-31", "premier jour"), ("last=2026-10-31", "premier jour"),
    ):  # fmt: skip
        page = accountant.page(f"/accounting?{query}")
        assert words in page.text, query
        assert page.headings == ["Comptabilité : octobre 2026"], query
    (form,) = [form for form in accountant.page("/accounting?first=demain&last=hier").forms if "last" in form["fields"] and form["method"] == "get"]  # fmt: skip
    assert (form["fields"]["first"], form["fields"]["last"]) == ("demain", "hier")


@pytest.mark.parametrize(
    "query",
    ["month=2026-13", "month=0001-01", "month=9998-12", "month=x", "month=%00", "first=%00&last=%00", "first=9999-12-31&last=9999-12-31",
     "after=zzz", "after=W10", "before=%FF", "first=2026-10-01&last=2026-10-31&after=W10", "first=" + "9" * 3000],
)  # fmt: skip
def test_an_odd_address_is_answered(accountant, books: Books, query: str):
    assert accountant.get(f"/accounting?{query}").status_code == 200
    table = accountant.get(f"/accounting/table.csv?{query}")
    assert table.status_code in {200, 303}
    if table.status_code == 303:  # to the page that says what is wrong
        assert "Vérifiez" in accountant.page(table.location).text


def test_looking_changes_nothing(accountant, books: Books):
    before = everything()
    for address in ("/accounting", "/accounting?month=2026-10", "/accounting/table.csv?month=2026-10"):
        accountant.get(address)
    assert everything() == before


def test_a_long_month_is_turned_page_by_page_without_a_gap(app: Flask, signed_in):
    a_seller()
    rep = a_member()
    order = an_order(an_opportunity(rep))
    first = an_issued_invoice(order, on=date(2026, 10, 1))
    copy_invoices(first, 60)
    reader = signed_in(a_member(Role.ACCOUNTANT))
    page = reader.page("/accounting?month=2026-10")
    onward = next(link for link in page.links if "after=" in link)
    assert "month=2026-10" in onward
    shown = [
        link for each in (page, reader.page(onward)) for link in each.links if link.startswith("/invoices/")
    ]
    assert shown == [f"/invoices/{first + 1000 * n}" for n in range(61)], "by their numbers, 9 before 10"


def test_the_page_takes_as_many_statements_for_fifty_papers_as_for_three(
    accountant, books: Books, statements
):
    accountant.page("/accounting?month=2026-10")
    with statements() as few:
        accountant.page("/accounting?month=2026-10")
    copy_invoices(books.whole, 45)
    with statements() as more:
        accountant.page("/accounting?month=2026-10")
    assert len(more) == len(few)


def test_papers_of_two_currencies_are_not_added_up(app: Flask, signed_in, books: Books):
    copy_invoices(books.whole, 1)
    with db.engine.begin() as connection:
        guards = "frozen_invoices_update"
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql(f"UPDATE invoices SET currency = 'CHF' WHERE id = {books.deposit}")  # noqa: S608
        else:
            guard = connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE name = ?", (guards,)
            ).scalar_one()
            connection.exec_driver_sql(f"DROP TRIGGER {guards}")
            connection.exec_driver_sql(f"UPDATE invoices SET currency = 'CHF' WHERE id = {books.deposit}")  # noqa: S608
            connection.exec_driver_sql(guard)
    assert [each.currency for each in overview(db.session(), OCTOBER).sums] == ["CHF", "EUR"]
    page = signed_in(a_member(Role.ACCOUNTANT)).page("/accounting?month=2026-10")
    assert "Totaux en CHF" in page.text


def test_a_span_is_a_month_when_it_is_one():
    assert Span(date(2026, 2, 1), date(2026, 2, 28)).month == Month(2026, 2)
    assert Span(date(2028, 2, 1), date(2028, 2, 28)).month is None
    assert Span(date(2026, 1, 1), date(2026, 12, 31)).month is None
    assert Span.read(OCTOBER.kept()) == OCTOBER


def test_a_span_has_an_end_after_its_beginning_and_is_no_longer_than_two_years():
    day = date(2026, 1, 1)
    assert Span.of(day, day).first == day
    Span.of(day, day + LONGEST - timedelta(days=1))
    with pytest.raises(TooLong):
        Span.of(day, day + LONGEST)
    with pytest.raises(TurnedRound):
        Span.of(day, day - timedelta(days=1))


def test_months_to_choose_from_are_all_between():
    assert [str(each) for each in months_between(date(2026, 11, 30), date(2027, 2, 1))] == [
        "2027-02",
        "2027-01",
        "2026-12",
        "2026-11",
    ]
    assert months_between(date(2026, 2, 1), date(2026, 2, 28)) == [Month(2026, 2)]


def test_the_reader_speaks_english(app: Flask, signed_in, books: Books):
    member = a_member(Role.ACCOUNTANT)
    with unit_of_work() as session:
        session.execute(sa.text("UPDATE staff_members SET language = 'en'"))
    reader: PageReader = signed_in(member)
    page = reader.page("/accounting?month=2026-10")
    assert page.headings == ["Accounting: October 2026"]
    assert "3 invoices · 0 credit notes" in page.text
    assert read_table(reader.get("/accounting/table.csv?month=2026-10").data)[0]["Type"] == "Deposit invoice"
