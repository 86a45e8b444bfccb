"""A client is edited, archived, given to another; what is told of it stays where it belongs."""

import pytest
import sqlalchemy as sa

from backoffice.clients.models import Client, ClientEntry, Standing
from backoffice.clients.queries import client_to_deal_with
from backoffice.clients.refusals import ClientIsArchived
from backoffice.db import Address, db
from backoffice.documents.models import Document
from backoffice.invoices.models import Invoice
from backoffice.notifications.models import OutgoingMail
from backoffice.opportunities.models import Opportunity
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.sending import new_quote
from backoffice.seller.models import ONLY, Seller
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import (
    PAST,
    a_client,
    a_member,
    a_seller,
    a_signed_quote,
    address_of,
    an_invoice,
    an_opportunity,
    order_of,
)
from tests.reader import Page

SECRET = "Paie toujours en retard, chien méchant"


@pytest.fixture
def rep(app) -> int:
    a_seller()
    return a_member()


@pytest.fixture
def garage(rep) -> int:
    return a_client(rep, Standing.PROFESSIONAL)


def stored(client: int) -> Client:
    db.session.rollback()
    return db.session.scalars(
        sa.select(Client).where(Client.id == client).execution_options(populate_existing=True)
    ).one()


def test_everything_typed_is_stored_and_comes_back_in_the_form(garage, rep, signed_in):
    typed = {
        "name": "Garage Le Goff et fils", "siret": "552 100 554 00021", "siren": "", "vat_number": "fr 96 552100554", "phone": "02 99 00 00 00",
        "language": "en", "street": "1 rue du Port", "postcode": "35400", "city": "Saint-Malo", "delivery_street": "Quai 3",
        "delivery_city": "Cancale", "payment_days": "45", "notes": SECRET,
    }  # fmt: skip
    reader = signed_in(rep)
    assert reader.submit(f"/clients/{garage}/edit", typed, f"/clients/{garage}").status_code == 303
    client = stored(garage)
    assert (client.siren, client.siret, client.vat_number) == ("552100554", "55210055400021", "FR96552100554")
    assert (client.billing, client.delivery) == (
        Address("1 rue du Port", "35400", "Saint-Malo"), Address("Quai 3", "", "Cancale"),
    )  # fmt: skip
    assert (client.payment_days, client.notes, client.language) == (45, SECRET, "en")
    fields = reader.page(f"/clients/{garage}/edit").form(f"/clients/{garage}")["fields"]
    assert (fields["payment_days"], fields["delivery_city"], fields["notes"].strip()) == (
        "45",
        "Cancale",
        SECRET,
    )


def test_the_agreed_term_goes_into_the_next_quote_and_without_one_the_firms_own(garage, rep):
    deal = an_opportunity(rep, garage)

    def days() -> int:
        db.session.rollback()
        row = db.session.get_one(Opportunity, deal)
        db.session.refresh(row, ["client"])
        return new_quote(row, db.session.get_one(Seller, ONLY), on=PAST.date(), at=PAST).payment_days

    assert days() == 30
    with unit_of_work() as session:
        session.get_one(Client, garage).payment_days = 0
    assert days() == 0


def test_a_stale_edit_is_refused_with_what_was_typed_and_what_is_stored(garage, rep, signed_in):
    reader = signed_in(rep)
    form = reader.page(f"/clients/{garage}/edit").form(f"/clients/{garage}")
    with unit_of_work() as session:
        session.get_one(Client, garage).phone = "02 98 76 54 32"
    answer = reader.post(form["action"], data=form["fields"] | {"phone": "06 11 22 33 44"})
    assert answer.status_code == 409
    assert "02 98 76 54 32" in Page(answer.text).text
    again = Page(answer.text).form(f"/clients/{garage}")
    assert again["fields"]["phone"] == "06 11 22 33 44"
    assert stored(garage).phone == "02 98 76 54 32"
    assert reader.post(form["action"], data=again["fields"]).status_code == 303
    assert stored(garage).phone == "06 11 22 33 44"


def test_internal_notes_are_on_no_paper_in_no_mail_and_on_no_page_of_the_client(garage, rep, client):
    with unit_of_work() as session:
        session.get_one(Client, garage).notes = SECRET
    _, link, signature = a_signed_quote(an_opportunity(rep, garage))
    invoice = an_invoice(order_of(signature), issued=True)
    kept = [
        db.session.scalars(sa.select(QuoteVersion.content)).one(),
        db.session.get_one(Invoice, invoice).content or b"",
        repr(list(db.session.scalars(sa.select(OutgoingMail.facts)))).encode(),
        repr(list(db.session.execute(sa.select(Document.__table__)))).encode(),
        *(client.get(address_of(link) + part).data for part in ("", "/signed")),
    ]
    assert [place for place, content in enumerate(kept) if "chien méchant" in content.decode()] == []
    assert all("Le Goff" in content.decode() for content in kept[:2])  # it would be seen there


def test_an_archived_client_leaves_lists_and_choices_and_its_page_stays(garage, rep, signed_in):
    deal = an_opportunity(rep, garage, title="Rayonnage")
    reader = signed_in(rep)
    assert "Rayonnage" in reader.page(f"/clients/{garage}/archive").text
    assert reader.submit(f"/clients/{garage}/archive", {}, "/archive").status_code == 303
    reader.get("/clients")  # what was done is told once
    assert "Garage Le Goff" not in reader.page("/clients").text
    assert "Garage Le Goff" not in reader.get("/clients/search?q=garage").text
    for filed in ("archived", "all"):
        assert "Garage Le Goff" in reader.page(f"/clients?filed={filed}").text
    page = reader.page(f"/clients/{garage}")
    assert "Ce client est archivé" in page.text
    assert f"/opportunities/new?client={garage}" not in page.links
    assert (
        reader.get(f"/opportunities/{deal}").status_code
        == reader.get(f"/opportunities/{deal}/details").status_code
        == 200
    )
    assert reader.submit(f"/clients/{garage}", {}, "/restore").status_code == 303
    assert "Garage Le Goff" in reader.page("/clients").text


def test_no_deal_begins_at_an_archived_client_and_a_sentence_says_why(garage, rep, signed_in):
    with unit_of_work() as session:
        session.get_one(Client, garage).archive(by=rep, at=PAST)
    answer = signed_in(rep).get(f"/opportunities/new?client={garage}")
    assert answer.status_code == 409
    assert "Garage Le Goff est archivé" in Page(answer.text).text
    with pytest.raises(ClientIsArchived), unit_of_work() as session:
        client_to_deal_with(session, garage, rep)


def test_a_client_is_given_to_a_colleague_and_that_is_kept(garage, rep, signed_in):
    nadia = a_member(email="nadia@atelier-duval.example", name="Nadia Lebrun")
    reader = signed_in(rep)
    form = reader.page(f"/clients/{garage}/edit").form(f"/clients/{garage}")
    assert reader.post(form["action"], data=form["fields"] | {"owner": str(nadia)}).status_code == 303
    assert stored(garage).owner_id == nadia
    assert reader.get(f"/clients/{garage}").status_code == 404  # no deal there
    assert "Confié à Nadia Lebrun" in signed_in(nadia).page(f"/clients/{garage}").text


def test_whoever_only_works_on_a_deal_there_edits_but_neither_gives_away_nor_archives(garage, rep, signed_in):
    nadia = a_member(email="nadia@atelier-duval.example", name="Nadia Lebrun")
    an_opportunity(nadia, garage)
    reader = signed_in(nadia)
    form = reader.page(f"/clients/{garage}/edit").form(f"/clients/{garage}")
    assert "owner" not in form["fields"]
    assert reader.post(form["action"], data=form["fields"] | {"owner": str(nadia)}).status_code == 303
    assert stored(garage).owner_id == rep
    assert reader.get(f"/clients/{garage}/archive").status_code == 404
    token = form["fields"]["csrf_token"]
    revision = str(stored(garage).revision)
    assert (
        reader.post(
            f"/clients/{garage}/archive", data={"csrf_token": token, "revision": revision}
        ).status_code
        == 404
    )
    assert db.session.scalar(sa.select(sa.func.count(ClientEntry.id))) == 0


def test_nobody_is_given_a_client_who_does_not_sell(garage, signed_in):
    accountant = a_member(Role.ACCOUNTANT)
    reader = signed_in(a_member(Role.MANAGER))
    form = reader.page(f"/clients/{garage}/edit").form(f"/clients/{garage}")
    assert reader.post(form["action"], data=form["fields"] | {"owner": str(accountant)}).status_code == 422


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_saving_leads_back_to_where_one_came_from_and_nowhere_else(garage, rep, signed_in, back):
    reader = signed_in(rep)
    form = f"/clients/{garage}"
    assert reader.submit(f"{form}/edit?back=/invoices", {}, form).location == "/invoices"
    assert reader.submit(f"{form}/edit", {"back": back}, form).location == form
