"""A rep enters a client."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import selectinload

from backoffice.clients.models import Client, Standing
from backoffice.countries import countries
from backoffice.db import db
from backoffice.seller.models import Seller
from backoffice.work import unit_of_work
from tests.factories import a_client, a_member, a_seller
from tests.reader import Page


@pytest.fixture(autouse=True)
def seller(app: Flask) -> int:
    return a_seller()


@pytest.fixture
def reader(app: Flask, signed_in):
    return signed_in(a_member())


def test_a_company_is_entered_with_its_contact(reader):
    typed = {
        "name": "Boulangerie Morin",
        "siren": "552 100 554",
        "contact_name": "Élise Morin",
        "contact_email": "elise@morin.example",
    }
    answer = reader.submit("/clients/new", typed, "/clients")
    assert answer.status_code == 303
    client = db.session.scalars(sa.select(Client).options(selectinload(Client.contacts))).one()
    assert (client.siren, [contact.email for contact in client.contacts]) == (
        "552100554",
        ["elise@morin.example"],
    )
    assert "Boulangerie Morin" in reader.page(answer.location).text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("siren", "552100555"),
        ("email", "pas une adresse"),
        ("name", ""),
        ("country", "Francia"),
        ("country", "XX"),
        ("country", "EU"),
        ("standing", "consumer"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(reader, field, typed):
    answer = reader.submit(
        "/clients/new", {"name": "Boulangerie Morin", "city": "Rennes-les-Bains", field: typed}, "/clients"
    )
    assert answer.status_code == 422
    assert "Rennes-les-Bains" in answer.text
    assert "Not a valid" not in answer.text
    if field == "country":
        assert "Choisissez dans la liste" in answer.text
    else:
        assert typed in answer.text
    assert db.session.scalar(sa.select(sa.func.count(Client.id))) == 0


@pytest.mark.parametrize("typed", [{"contact_function": "Gérante"}, {"contact_email": "elise@morin.example"}])
@pytest.mark.parametrize("kind", ["company", "public_body"])
def test_a_contact_without_a_name_is_asked_for_it(signed_in, app, kind, typed):
    reader = signed_in(a_member(language="en"))
    answer = reader.submit("/clients/new", {"name": "Morin", "kind": kind} | typed, "/clients")
    assert answer.status_code == 422
    form = Page(answer.text).form("/clients")
    assert form["fields"].items() >= typed.items()
    assert "Enter the contact’s name." in Page(answer.text).text
    assert db.session.scalar(sa.select(sa.func.count(Client.id))) == 0
    named = form["fields"] | {"contact_name": "Élise Morin"}
    assert reader.post("/clients", data=named).status_code == 303
    db.session.rollback()
    client = db.session.scalars(sa.select(Client).options(selectinload(Client.contacts))).one()
    assert [contact.name for contact in client.contacts] == ["Élise Morin"]


@pytest.mark.parametrize("field", ["contact_name", "contact_function", "contact_email"])
def test_a_person_has_no_contact_besides_themselves_and_nothing_typed_vanishes(signed_in, app, field):
    reader = signed_in(a_member(language="en"))
    person = {"name": "Claire Moreau", "kind": "person", "standing": "consumer"}
    answer = reader.submit("/clients/new", person | {field: "x@example.com"}, "/clients")
    assert answer.status_code == 422
    assert "A person is their own contact" in answer.text
    assert Page(answer.text).form("/clients")["fields"][field] == "x@example.com"
    assert reader.submit("/clients/new", person, "/clients").status_code == 303
    client = db.session.scalars(sa.select(Client).options(selectinload(Client.contacts))).one()
    assert client.contacts == []


def test_how_a_person_buys_is_chosen_and_never_supposed(signed_in, app):
    reader = signed_in(a_member(language="en"))
    person = {"name": "Claire Moreau", "kind": "person"}
    answer = reader.submit("/clients/new", person, "/clients")
    assert answer.status_code == 422
    assert "Choose how this client buys." in answer.text
    for standing in Standing:
        assert reader.submit("/clients/new", person | {"standing": standing}, "/clients").status_code == 303
    stored = db.session.scalars(sa.select(Client.standing).order_by(Client.id)).all()
    assert stored == list(Standing)


@pytest.mark.parametrize("kind", ["company", "public_body"])
def test_a_company_and_a_public_body_can_only_buy_as_professionals(reader, kind):
    typed = {"name": "Mairie de Betton", "kind": kind}
    assert reader.submit("/clients/new", typed, "/clients").status_code == 303
    assert db.session.scalars(sa.select(Client.standing)).one() is Standing.PROFESSIONAL


@pytest.mark.parametrize("field", ["kind", "standing"])
def test_a_forged_choice_is_refused(reader, field):
    typed = {"name": "Morin", "kind": "person", "standing": "consumer", field: "king"}
    assert reader.submit("/clients/new", typed, "/clients").status_code == 422


def test_a_country_is_chosen_by_its_name_and_france_is_meant_unless_another_is(reader):
    assert reader.page("/clients/new").form("/clients")["fields"]["country"] == "FR"
    assert "Émirats arabes unis" in reader.get("/clients/new").text
    reader.submit("/clients/new", {"name": "Bäckerei Blau", "country": "DE"}, "/clients")
    assert db.session.scalars(sa.select(Client)).one().billing.country == "DE"


def test_every_country_of_iso_3166_is_offered_once():
    codes = [code for code, _ in countries("fr")]
    assert (len(codes), len(set(codes)), codes[0]) == (249, 249, "FR")
    assert {"XK", "EU", "UK", "AN", "ZZ"}.isdisjoint(codes)


def test_somebody_elses_client_is_not_found(reader):
    client = a_client(a_member(email="other@atelier-duval.example"))
    assert reader.get(f"/clients/{client}").status_code == 404
    assert "Claire" not in reader.get("/clients/search?q=claire").text


def test_a_name_is_found_whatever_its_accents(signed_in, app):
    rep = a_member()
    a_client(rep, name="Crèche Les Lutins")
    assert "Crèche Les Lutins" in signed_in(rep).get("/clients/search?q=creche lutins").text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_new_client_speaks_what_the_firm_s_clients_usually_speak(reader, seller, language):
    with unit_of_work() as session:
        session.get_one(Seller, seller).language = language
    form = reader.page("/clients/new").form("/clients")
    assert form["fields"]["language"] == language
