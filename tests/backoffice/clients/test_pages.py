"""A rep enters a client."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import selectinload

from backoffice.clients.models import Client
from backoffice.countries import countries
from backoffice.db import db
from tests.factories import a_client, a_member


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
