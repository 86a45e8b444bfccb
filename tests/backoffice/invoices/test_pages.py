"""The pages of invoices: check, issue, download."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.clients.models import Client
from backoffice.db import Address, db
from backoffice.invoices.listing import Wanted, invoice_list
from backoffice.invoices.models import InvoiceState
from backoffice.invoices.months import Month
from backoffice.orders.models import Order
from backoffice.paging import Place
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.billing import a_draft, an_issued_invoice, an_order, counter, issue, stored
from tests.factories import a_member, an_opportunity, somebody
from tests.reader import PageReader

SignIn = Callable[[int], PageReader]


@pytest.mark.parametrize(
    ("role", "status"), [(Role.REP, 404), (Role.MANAGER, 200), (Role.ACCOUNTANT, 200), (Role.ADMIN, 200)]
)
def test_whose_invoices_one_sees(app: Flask, signed_in: SignIn, role: Role, status: int) -> None:
    invoice = an_issued_invoice()
    client = signed_in(a_member(role, "autre@atelier-duval.example"))
    assert ("F-2026-0001" in client.page("/invoices").text) == (status == 200)
    client.page(f"/invoices/{invoice}", status)
    assert client.get(f"/invoices/{invoice}/invoice.pdf").status_code == (202 if status == 200 else 404)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_issues_what_it_sees(app: Flask, signed_in: SignIn, role: Role) -> None:
    draft = a_draft()
    client = signed_in(somebody() if role is Role.REP else a_member(role))
    answer = client.submit(f"/invoices/{draft}", {}, part="/issue")
    assert (answer.status_code, answer.location) == (303, f"/invoices/{draft}")
    assert stored(draft).issued_on == clock.today("Europe/Paris")
    assert "F-2026-0001" in client.page(f"/invoices/{draft}").headings[0]


def test_a_rep_cannot_issue_somebody_else_s_invoice(app: Flask, signed_in: SignIn) -> None:
    draft = a_draft()
    client = signed_in(a_member(Role.REP, "autre@atelier-duval.example"))
    token = client.page("/invoices").form("sign-out")["fields"]["csrf_token"]
    assert (
        client.post(f"/invoices/{draft}/issue", data={"csrf_token": token, "revision": "1"}).status_code
        == 404
    )
    assert stored(draft).state is InvoiceState.DRAFT


def test_a_double_click_issues_once_and_says_so(app: Flask, signed_in: SignIn) -> None:
    draft = a_draft()
    client = signed_in(a_member(Role.ACCOUNTANT))
    form = client.page(f"/invoices/{draft}").form("/issue")
    answers = [client.post(form["action"], data=form["fields"]) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert counter()[1] == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"csrf_token": ""}, 422),
        ({"csrf_token": "forged"}, 422),
        ({"revision": ""}, 409),
        ({"revision": "x"}, 409),
    ],
)
def test_a_form_that_is_not_whole_issues_nothing_and_comes_back(
    app: Flask, signed_in: SignIn, change: dict[str, str], status: int
) -> None:
    draft = a_draft()
    client = signed_in(a_member(Role.ACCOUNTANT))
    form = client.page(f"/invoices/{draft}").form("/issue")
    answer = client.post(form["action"], data={**form["fields"], **change})
    assert answer.status_code == status
    assert stored(draft).state is InvoiceState.DRAFT
    again = client.submit(f"/invoices/{draft}", {}, part="/issue")
    assert again.status_code == 303


def test_a_stale_page_is_a_conflict(app: Flask, signed_in: SignIn) -> None:
    draft = a_draft()
    client = signed_in(a_member(Role.ACCOUNTANT))
    assert client.submit(f"/invoices/{draft}", {"revision": "7"}, part="/issue").status_code == 409
    assert counter()[1] == 0


def test_a_draft_says_what_is_missing_and_offers_no_issue(app: Flask, signed_in: SignIn) -> None:
    draft = a_draft()
    with unit_of_work() as session:
        session.scalars(sa.select(Client)).one().billing = Address()
    client = signed_in(a_member(Role.ACCOUNTANT))
    page = client.page(f"/invoices/{draft}")
    assert not [form for form in page.forms if "/issue" in form["action"]]
    token = page.form("sign-out")["fields"]["csrf_token"]
    revision = db.session.scalars(sa.select(Client.revision)).one()
    forged = {"csrf_token": token, "revision": "1", "client_revision": str(revision)}
    assert client.post(f"/invoices/{draft}/issue", data=forged).status_code == 422
    assert stored(draft).state is InvoiceState.DRAFT


def test_a_clock_that_went_back_is_told_honestly(app: Flask, signed_in: SignIn) -> None:
    first, second = a_draft(), a_draft(an_order(an_opportunity(1, 1)))
    issue(first, on=clock.today("Europe/Paris") + timedelta(days=1))
    client = signed_in(a_member(Role.ACCOUNTANT))
    assert client.submit(f"/invoices/{second}", {}, part="/issue").status_code == 409
    assert counter()[1] == 1


def test_an_issued_invoice_offers_its_paper_and_the_record_of_a_payment(
    app: Flask, signed_in: SignIn
) -> None:
    invoice = an_issued_invoice()
    client = signed_in(a_member(Role.ACCOUNTANT))
    page = client.page(f"/invoices/{invoice}")
    assert [form["action"] for form in page.forms if form["method"] == "post"] == [
        *["/sign-out"] * 2,
        f"/invoices/{invoice}/payments",
    ]
    assert f"/invoices/{invoice}/invoice.pdf" in page.links


def test_the_list_shows_what_an_accountant_looks_for(app: Flask, signed_in: SignIn) -> None:
    invoice = stored(an_issued_invoice(on=date(2026, 11, 20)))
    order = db.session.get_one(Order, invoice.order_id)
    expected = (
        "F-2026-0001",
        "20/11/2026",
        "20/12/2026",
        "Mme Claire Moreau",
        order.number,
        order.quote_number,
        "3 963,20",
    )
    client = signed_in(a_member(Role.ACCOUNTANT))
    text = client.page("/invoices").text
    for words in expected:
        assert words in text.replace("\u202f", " ").replace("\u00a0", " "), words


def test_months_are_those_with_invoices_and_drafts_are_in_none(app: Flask, signed_in: SignIn) -> None:
    first = an_issued_invoice(on=date(2026, 10, 31))
    assert first
    an_issued_invoice(an_order(an_opportunity(1, 1)), on=date(2026, 12, 1))
    a_draft(an_order(an_opportunity(1, 1)))
    client = signed_in(a_member(Role.ACCOUNTANT))

    def numbers(address: str) -> list[str]:
        text = client.page(address).text
        return [number for number in ("F-2026-0001", "F-2026-0002") if number in text]

    assert numbers("/invoices") == ["F-2026-0001", "F-2026-0002"]
    assert numbers("/invoices?month=2026-10") == ["F-2026-0001"]
    assert numbers("/invoices?month=2026-11") == []
    assert numbers("/invoices?month=2026-12") == ["F-2026-0002"]
    assert numbers("/invoices?month=nonsense") == ["F-2026-0001", "F-2026-0002"]


@pytest.mark.parametrize(
    "text", [None, "", "2026", "2026-13", "2026-11-20", "9999-12", "november", "-1", "2026-1", "２０２６-11"]
)
def test_what_is_no_month_is_no_month(text: str | None) -> None:
    assert Month.read(text) is None


def test_a_month_ends_where_the_next_begins() -> None:
    months = [Month(2026, n) for n in range(1, 13)]
    assert [month.after for month in months] == [*(month.first for month in months[1:]), date(2027, 1, 1)]
    assert [Month.read(str(month)) for month in months] == months


def test_no_invoice_is_paged_away_from_its_number(app: Flask) -> None:
    """Drafts come first, then the latest numbers."""
    first = an_issued_invoice(on=date(2026, 11, 1))
    second = an_issued_invoice(an_order(an_opportunity(1, 1)), on=date(2026, 11, 1))
    third = a_draft(an_order(an_opportunity(1, 1)))
    found = invoice_list(db.session(), sa.true(), Wanted(), Place(), today=date(2026, 11, 2))
    assert [each.invoice.id for each in found.page.rows] == [third, second, first]


@pytest.mark.parametrize(
    ("city", "revision", "status"), [("Rennes", "1", 303), ("", "1", 422), ("Rennes", "9", 409)]
)
def test_a_missing_address_is_completed_on_the_draft_itself(
    app: Flask, signed_in: SignIn, city: str, revision: str, status: int
) -> None:
    draft = a_draft()
    with unit_of_work() as session:
        session.execute(sa.update(Client).values(billing_street="", billing_postcode="", billing_city=""))
    client = signed_in(a_member(Role.ACCOUNTANT))
    answer = client.submit(
        f"/invoices/{draft}",
        {"street": "", "postcode": "35000", "city": city, "revision": revision},
        part="/client-address",
    )
    assert answer.status_code == status, answer.text
    assert ("/issue" in client.get(f"/invoices/{draft}").text) == (status == 303)


def test_completing_an_address_keeps_its_country(app: Flask, signed_in: SignIn) -> None:
    draft = a_draft()
    nowhere = {"billing_street": "", "billing_postcode": "", "billing_city": "", "billing_country": "BE"}
    with unit_of_work() as session:
        session.execute(sa.update(Client).values(nowhere))
    client = signed_in(a_member(Role.ACCOUNTANT))
    client.submit(f"/invoices/{draft}", {"postcode": "1000", "city": "Bruxelles"}, part="/client-address")
    assert db.session.scalars(sa.select(Client)).one().billing == Address("", "1000", "Bruxelles", "BE")


def test_a_rep_cannot_complete_the_address_of_somebody_else_s_client(app: Flask, signed_in: SignIn) -> None:
    draft = a_draft()
    client = signed_in(a_member(Role.REP, "autre@atelier-duval.example"))
    token = client.page("/invoices").form("sign-out")["fields"]["csrf_token"]
    data = {"csrf_token": token, "revision": "1", "postcode": "35000", "city": "Ailleurs"}
    assert client.post(f"/invoices/{draft}/client-address", data=data).status_code == 404
    assert db.session.scalars(sa.select(Client)).one().billing.city == "Rennes"
