"""One field: everything that one may see, by number, name, title or e-mail address."""

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.catalogue.models import Product
from backoffice.clients.models import Client, Contact, Standing
from backoffice.db import db
from backoffice.invoices.models import Invoice
from backoffice.numbering.reading import is_number, numbered
from backoffice.orders.models import Order
from backoffice.quotes.models import Quote
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import (
    a_client,
    a_credit_note,
    a_member,
    a_product,
    a_quote,
    a_sent_quote,
    a_signed_quote,
    an_invoice,
    an_opportunity,
    order_of,
)


@pytest.fixture
def firm(rep) -> int:
    return a_client(rep, Standing.PROFESSIONAL, name="Garage Le Goff")


@pytest.fixture
def signed(rep, firm) -> dict[str, int]:
    """Ids of all papers of one deal."""
    deal = an_opportunity(rep, firm, title="Escalier hélicoïdal")
    quote, _, signature = a_signed_quote(deal)
    order = order_of(signature)
    return {"deal": deal, "quote": quote, "order": order, "invoice": an_invoice(order, issued=True)}


def numbers(signed: dict[str, int]) -> dict[str, str]:
    found = {
        name: db.session.get_one(entity, signed[name]).number
        for name, entity in (("quote", Quote), ("order", Order), ("invoice", Invoice))
    }
    db.session.rollback()
    return found


def results(reader, words: str) -> set[str]:
    return {link for link in reader.page(f"/search?q={words}").links if link.rpartition("/")[2].isdigit()}


def offered(reader, words: str) -> str:
    answer = reader.get(f"/search/options?q={words}")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("helicoidal", {"deal"}),
        ("ESCALIER", {"deal"}),
        ("garage", {"client", "deal", "order", "invoice"}),
        ("goff le", {"client", "deal", "order", "invoice"}),
        ("garage escalier", set()),
        ("x", set()),
        ("100%25", set()),
        ("__", set()),
        ("%00%00", set()),
        ("%F0%9F%92%A9%F0%9F%92%A9", set()),
        ("a" * 5000, set()),
    ],
)
def test_words_find_whatever_the_accents(reader, firm, signed, words, kinds):
    places = {
        "client": f"/clients/{firm}",
        "deal": f"/opportunities/{signed['deal']}",
        "order": f"/orders/{signed['order']}",
        "invoice": f"/invoices/{signed['invoice']}",
    }
    assert results(reader, words) == {places[kind] for kind in kinds}


def test_contacts_are_found_by_name_and_address_and_lead_to_their_client(reader, firm):
    with unit_of_work() as session:
        contact = session.scalars(sa.select(Contact).where(Contact.client_id == firm)).first()
        contact.name, contact.email = "Maëlle Tanguy", "maelle@tanguy.example"
    for words in ("maelle", "tanguy.example"):
        assert results(reader, words) == {f"/clients/{firm}"}


def test_products_are_found_by_name_and_reference(reader, app):
    product = a_product("CHENE-32", "Parquet chêne massif")
    shelved = a_product("CHENE-33", "Parquet chêne clair")
    with unit_of_work() as session:
        session.get_one(Product, shelved).archive(at=clock.now())
    for words in ("chene massif", "chene-32", "parquet"):
        assert results(reader, words) == {f"/catalogue/{product}"}


def test_an_exact_number_leads_straight_there(reader, signed):
    for name, number in numbers(signed).items():
        for typed in (number, number.lower(), f" {number} "):
            answer = reader.get("/search", query_string={"q": typed})
            assert (answer.status_code, answer.location) == (303, f"/{name}s/{signed[name]}"), typed


def test_a_credit_note_is_found_too(reader, signed):
    note = a_credit_note(signed["invoice"])
    number = db.session.execute(sa.text("SELECT number FROM credit_notes")).scalar_one()
    assert reader.get(f"/search?q={number}").location == f"/credit-notes/{note}"
    assert results(reader, number[:4]) >= {f"/credit-notes/{note}"}


def test_the_beginning_of_a_number_finds_the_newest_first(reader, rep, firm):
    quotes = [a_sent_quote(an_opportunity(rep, firm))[0] for _ in range(3)]
    a_quote(an_opportunity(rep, firm))  # without a number
    number = db.session.get_one(Quote, quotes[0]).number
    page = reader.page(f"/search?q={number[:-1]}")
    assert [link for link in page.links if link.startswith("/quotes/")] == [
        f"/quotes/{quote}" for quote in reversed(quotes)
    ]
    assert results(reader, number[1:]) == set(), "not from the middle"


@pytest.mark.parametrize("typed", ["DV2026-0001", "dv 2026-0001", " DV2026-00", "F-2026/1"])
def test_what_may_be_a_number(typed):
    assert is_number(numbered(typed))


@pytest.mark.parametrize(
    "typed", ["2026", "DV", "A4 papier", "Garage", "DV2026%", "DV2026-\N{SNOWMAN}", "D\u00c92026"]
)
def test_what_is_no_number(typed):
    assert not is_number(numbered(typed))


def test_each_role_finds_what_it_may_see(signed_in, rep, firm, signed):
    papers = {f"/orders/{signed['order']}", f"/invoices/{signed['invoice']}"}
    everything = papers | {f"/clients/{firm}", f"/opportunities/{signed['deal']}"}
    other = a_member(email="autre@example.com")
    sees = {
        rep: everything, other: set(), a_member(Role.MANAGER): everything, a_member(Role.ADMIN): everything,
        a_member(Role.ACCOUNTANT): papers,
    }  # fmt: skip
    for member, places in sees.items():
        reader = signed_in(member)
        assert results(reader, "goff") == places
        assert [place for place in sorted(everything) if place in offered(reader, "goff")] == sorted(places)
        for name, number in numbers(signed).items():
            reached = reader.get(f"/search?q={number}").status_code == 303
            allowed = bool(places) if name != "quote" else places == everything
            assert reached == allowed, (name, places)


def test_a_colleague_who_works_with_a_client_finds_no_foreign_deal_of_it(signed_in, rep, firm, signed):
    other = a_member(email="autre@example.com")
    own = an_opportunity(other, firm, title="Porte")
    assert results(signed_in(other), "goff") == {f"/clients/{firm}", f"/opportunities/{own}"}


def test_archived_clients_are_not_found_but_their_papers_are(reader, firm, signed):
    with unit_of_work() as session:
        session.get_one(Client, firm).archived_at = clock.now()
    found = results(reader, "goff")
    assert f"/clients/{firm}" not in found
    assert f"/invoices/{signed['invoice']}" in found


def test_nobody_in_particular_finds_nothing(client, rep):
    for address in ("/search?q=goff", "/search/options?q=goff"):
        assert client.get(address).location.startswith("/sign-in")


def test_the_number_of_statements_does_not_grow(reader, rep, firm, signed, statements):
    with statements() as few:
        reader.page("/search?q=goff")
    for number in range(12):
        a_signed_quote(an_opportunity(rep, firm, title=f"Porte {number}"))
    with statements() as many:
        page = reader.page("/search?q=goff")
    assert len(many) == len(few)
    assert len([link for link in page.links if link.startswith("/orders/")]) == 10
    assert "/opportunities/list?q=goff" in page.links


def test_every_page_has_the_field_and_what_may_be_begun(signed_in, rep, app):
    begun = {"/opportunities/new", "/clients/new", "/tasks/new"}
    for role, sees in ((Role.MANAGER, begun | {"/catalogue/new"}), (Role.ACCOUNTANT, set())):
        reader = signed_in(a_member(role))
        page = reader.page("/invoices")
        assert "/search" in [form["action"] for form in page.forms]
        assert begun & set(page.links) == begun & sees
        assert "/today" in page.links or role is Role.ACCOUNTANT


def test_a_new_task_asks_for_which_opportunity(reader, rep, firm):
    deal = an_opportunity(rep, firm, title="Véranda")
    other = an_opportunity(rep, firm, title="Porte")
    foreign = an_opportunity(a_member(email="autre@example.com"), firm, title="Secret")
    places = {key: f"/opportunities/{key}?add=task#tasks" for key in (deal, other, foreign)}
    for words, found in (
        ("", {deal, other}),
        ("veranda", {deal}),
        ("goff porte", {other}),
        ("secret", set()),
    ):
        links = reader.page(f"/tasks/new?q={words}").links
        assert {key for key, place in places.items() if place in links} == found, words
