"""For whom a deal is opened: without JavaScript the client's name is all that is typed."""

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice.clients.models import Client, Contact, Standing
from backoffice.db import Address, db
from backoffice.opportunities.models import Opportunity
from backoffice.work import unit_of_work
from tests.factories import a_client, a_member, a_pipeline, a_seller
from tests.reader import Page

NEW = "/opportunities/new"
OPENED = "/opportunities"


@pytest.fixture
def rep(app: Flask) -> int:
    a_seller()
    a_pipeline()
    return a_member(email="rep@atelier-duval.example", language="en")


@pytest.fixture
def reader(signed_in, rep):
    return signed_in(rep)


def a_firm(rep: int, name: str, city: str = "Rennes") -> int:
    return a_client(rep, Standing.PROFESSIONAL, name=name, billing=Address("", "", city))


def deals() -> list[tuple[int, str | None]]:
    """Whose each deal is, with its contact."""
    db.session.rollback()
    query = sa.select(Opportunity.client_id, Contact.name).outerjoin(
        Contact, Contact.id == Opportunity.contact_id
    )
    return [(client, contact) for client, contact in db.session.execute(query)]


def choices(answer) -> list[int]:
    form = Page(answer.text).form(OPENED)
    return [int(value) for name, value in form["buttons"] if name == "match"]


def test_another_name_typed_over_the_client_that_the_page_came_with_counts(reader, rep):
    garage, claire = a_firm(rep, "Garage Le Goff"), a_client(rep)
    typed = {"title": "Cuisine", "client": "Mme Claire Moreau"}
    assert reader.submit(f"{NEW}?client={garage}", typed, OPENED).status_code == 303
    assert deals() == [(claire, "Claire Moreau")]


def test_the_client_that_the_page_came_with_is_kept_when_its_name_is(reader, rep):
    first, second = a_firm(rep, "Martin SARL"), a_firm(rep, "Martin SARL", "Brest")
    assert reader.submit(f"{NEW}?client={second}", {"title": "Cuisine"}, OPENED).status_code == 303
    assert [client for client, _ in deals()] == [second] != [first]


def test_a_client_of_somebody_else_cannot_be_slipped_in(reader, rep):
    foreign = a_client(a_member(email="other@atelier-duval.example"))
    for slipped in ({"client_id": str(foreign)}, {"match": str(foreign)}):
        typed = {"title": "Cuisine", "client": "Mme Claire Moreau", **slipped}
        answer = reader.submit(NEW, typed, OPENED)
        assert answer.status_code == 422
        assert choices(answer) == []
    assert deals() == []


def test_letters_inside_a_word_name_nobody(reader, rep):
    garage = a_firm(rep, "Garage Leroy")
    answer = reader.submit(NEW, {"title": "Cuisine", "client": "Roy"}, OPENED)
    assert answer.status_code == 422
    assert (choices(answer), deals()) == ([garage], [])


@pytest.mark.parametrize("typed", ["garage", "LER", "leroy gar", "l'ecole", "Ecole"])
def test_the_beginnings_of_words_name_the_only_client_that_has_them(reader, rep, typed):
    meant = a_firm(rep, "Garage Leroy, L’École")
    a_firm(rep, "Boulangerie Morin")
    assert reader.submit(NEW, {"title": "Cuisine", "client": typed}, OPENED).status_code == 303
    assert [client for client, _ in deals()] == [meant]


def test_several_clients_of_one_name_are_offered_with_their_cities_and_one_is_pressed(reader, rep):
    first, second = a_firm(rep, "Martin SARL"), a_firm(rep, "Martin SARL", "Brest")
    typed = {"title": "Cuisine", "client": "martin sarl", "notes": "Appeler mardi"}
    answer = reader.submit(NEW, typed, OPENED)
    assert answer.status_code == 422
    assert (set(choices(answer)), deals()) == ({first, second}, [])
    page = Page(answer.text)
    assert "Martin SARL Rennes" in page.text
    assert "Martin SARL Brest" in page.text
    assert "Choose it below" in page.text
    form = page.form(OPENED)
    assert (form["fields"]["notes"].strip(), form["buttons"][0][0]) == (
        "Appeler mardi",
        "act",
    )  # what Enter presses
    answer = reader.post(form["action"], data=form["fields"] | {"match": str(second)})
    assert answer.status_code == 303
    assert [client for client, _ in deals()] == [second]


def test_a_client_that_was_pressed_stays_when_something_else_is_to_be_mended(reader, rep):
    a_firm(rep, "Martin SARL")
    second = a_firm(rep, "Martin SARL", "Brest")
    answer = reader.submit(NEW, {"client": "Mart", "match": str(second)}, OPENED)
    assert answer.status_code == 422
    form = Page(answer.text).form(OPENED)
    assert form["fields"]["client"] == "Martin SARL"
    assert reader.post(form["action"], data=form["fields"] | {"title": "Cuisine"}).status_code == 303
    assert [client for client, _ in deals()] == [second]


def test_a_name_that_nobody_has_offers_nothing_and_says_so(reader, rep):
    a_firm(rep, "Garage Leroy")
    for typed in ("Dupont", "&"):
        answer = reader.submit(NEW, {"title": "Cuisine", "client": typed}, OPENED)
        assert (answer.status_code, choices(answer)) == (422, [])
        assert "No client has this name" in answer.text


def test_a_list_of_clients_that_is_cut_says_so(reader, rep):
    for number in range(13):
        a_firm(rep, f"Martin {number}")
    answer = reader.submit(NEW, {"title": "Cuisine", "client": "martin"}, OPENED)
    assert len(choices(answer)) == 12
    assert "More clients match" in answer.text


def test_clients_that_are_offered_while_typing_show_their_city_and_fill_in_their_name(reader, rep):
    client = a_firm(rep, "Martin SARL", "Brest")
    answer = reader.get("/clients/search?q=martin")
    assert "Brest" in answer.text
    assert f'data-value="{client}" data-text="Martin SARL"' in answer.text


@pytest.mark.parametrize("note", ["Très content 😀 👩\u200d🔧 ❤️", "محمد", "株式会社"])
def test_internal_notes_take_what_no_document_could_show(reader, rep, note):
    a_client(rep)
    typed = {"title": "Cuisine", "client": "claire", "notes": note}
    assert reader.submit(NEW, typed, OPENED).status_code == 303
    assert db.session.scalars(sa.select(Opportunity.notes)).one() == note
    typed = {"title": "Cuisine 😀", "client": "claire"}
    assert reader.submit(NEW, typed, OPENED).status_code == 422


def test_an_archived_client_is_not_found(reader, rep):
    client = a_client(rep)
    page = reader.page(f"{NEW}?client={client}").form(OPENED)
    with unit_of_work() as session:
        session.get_one(Client, client).archived_at = session.get_one(Client, client).created_at
    answer = reader.post(page["action"], data=page["fields"] | {"title": "Cuisine"})
    assert answer.status_code == 422
    assert deals() == []
