"""The client of a draft, changed by somebody else while its page is open."""

from backoffice.clients.models import Client
from backoffice.db import Address, db
from backoffice.invoices.models import InvoiceState
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.billing import a_draft, an_order, stored
from tests.factories import a_client, a_member, a_seller, an_opportunity
from tests.reader import Page

HERE = Address("12 rue des Lices", "35000", "Rennes")


def a_draft_to(billing: Address) -> tuple[int, int]:
    a_seller()
    rep = a_member()
    buyer = a_client(rep, billing=billing)
    return a_draft(an_order(an_opportunity(rep, buyer))), buyer


def moved(client: int, billing: Address) -> None:
    with unit_of_work() as session:
        session.get_one(Client, client).billing = billing


def billing_of(client: int) -> Address:
    db.session.rollback()
    db.session.expunge_all()
    return db.session.get_one(Client, client).billing


def test_the_draft_names_whom_it_goes_to(app, signed_in):
    draft, _ = a_draft_to(HERE)
    page = Page(signed_in(a_member(Role.ACCOUNTANT)).get(f"/invoices/{draft}").text)
    assert "Mme Claire Moreau, 12 rue des Lices, 35000 Rennes" in page.text


def test_an_invoice_is_not_issued_to_an_address_that_nobody_saw(app, signed_in):
    draft, client = a_draft_to(HERE)
    accountant = signed_in(a_member(Role.ACCOUNTANT))
    form = Page(accountant.get(f"/invoices/{draft}").text).form("/issue")
    moved(client, Address("1 rue Neuve", "44000", "Nantes"))
    answer = accountant.post(form["action"], data=form["fields"])
    assert (answer.status_code, stored(draft).state) == (409, InvoiceState.DRAFT)
    assert "1 rue Neuve, 44000 Nantes" in Page(answer.text).text
    again = Page(answer.text).form("/issue")
    assert accountant.post(again["action"], data=again["fields"]).status_code == 303
    assert stored(draft).state is InvoiceState.ISSUED


def test_an_address_typed_twice_is_kept_once_and_the_second_stays_in_the_form(app, signed_in):
    draft, client = a_draft_to(Address())
    accountant = signed_in(a_member(Role.ACCOUNTANT))
    form = Page(accountant.get(f"/invoices/{draft}").text).form("/client-address")
    moved(client, HERE)
    typed = form["fields"] | {"street": "3 quai Sud", "postcode": "29200", "city": "Brest"}
    answer = accountant.post(form["action"], data=typed)
    kept = Page(answer.text).form("/client-address")["fields"]
    assert (answer.status_code, billing_of(client)) == (409, HERE)
    assert (kept["street"], kept["city"]) == ("3 quai Sud", "Brest")


def test_a_whole_address_is_not_replaced_through_a_draft(app, signed_in):
    draft, client = a_draft_to(Address())
    accountant = signed_in(a_member(Role.ACCOUNTANT))
    form = Page(accountant.get(f"/invoices/{draft}").text).form("/client-address")
    moved(client, HERE)
    current = Page(accountant.get(f"/invoices/{draft}").text).form("/issue")["fields"]["client_revision"]
    typed = form["fields"] | {"postcode": "29200", "city": "Brest", "revision": current}
    assert accountant.post(form["action"], data=typed).status_code == 409
    assert billing_of(client) == HERE


def test_blanks_are_no_address(app, signed_in):
    draft, client = a_draft_to(Address())
    accountant = signed_in(a_member(Role.ACCOUNTANT))
    form = Page(accountant.get(f"/invoices/{draft}").text).form("/client-address")
    answer = accountant.post(form["action"], data=form["fields"] | {"postcode": "  ", "city": " "})
    assert (answer.status_code, billing_of(client)) == (422, Address())
    assert "Saisissez la ville." in Page(answer.text).text
