"""What is said of a client while it is typed, and who may be the same."""

import pytest
from flask import Flask

from backoffice.clients import numbers
from backoffice.clients.finding import Likeness, similar_clients
from backoffice.clients.models import Contact, Standing
from backoffice.clients.naming import key_of_name, words_of
from backoffice.clients.numbers import WrongVatNumber
from backoffice.db import db
from backoffice.work import unit_of_work
from tests.factories import a_client, a_member, a_seller


@pytest.fixture
def rep(app: Flask) -> int:
    a_seller()
    return a_member(language="en")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("siren=552100555&siret=&vat_number=&country=FR", 'data-error-of="siren"'),
        (
            "siren=552100554&siret=&vat_number=&country=FR",
            'data-offers="vat_number" data-value="FR96552100554"',
        ),
        ("siren=&siret=55210055400021&vat_number=&country=FR", 'data-fills="siren" data-value="552100554"'),
        ("siren=813420650&siret=55210055400021&country=FR", 'data-error-of="siret"'),
        ("siren=552100554&vat_number=FR79813420650&country=FR", 'data-error-of="vat_number"'),
    ],
)
def test_a_number_is_answered_while_it_is_typed(rep, signed_in, asked, said):
    assert said in signed_in(rep).get(f"/clients/check?{asked}").text


@pytest.mark.parametrize(
    "asked", ["", "siren=552100554&country=DE", "siren=552100554&vat_number=FR96552100554&country=FR"]
)
def test_nothing_is_said_without_need(rep, signed_in, asked):
    assert "data-" not in signed_in(rep).get(f"/clients/check?{asked}").text


@pytest.mark.parametrize(
    "odd",
    [
        "siren=%00",
        "name=" + "x" * 5000,
        "besides=x",
        "besides=99999999999999999999",
        "email=%ff",
        "country=ZZ&vat_number=1",
    ],
)
def test_odd_questions_are_answered(rep, signed_in, odd):
    assert signed_in(rep).get(f"/clients/check?{odd}").status_code == 200


def test_the_server_says_the_same_beside_the_field_without_a_script(rep, signed_in):
    reader = signed_in(rep)
    answer = reader.submit("/clients/new", {"name": "Morin", "siren": "552100555"}, "/clients")
    assert answer.status_code == 422
    assert 'id="siren-error"' in answer.text
    sentence = numbers.WrongSiren().sentence
    assert "9 digits, and the last one checks the others" in answer.text, sentence


@pytest.mark.parametrize(
    ("typed", "country", "read"),
    [
        ("DE 136 695 976", "FR", "DE136695976"),
        ("136695976", "DE", "DE136695976"),
        ("094259216", "GR", "EL094259216"),
        ("GB 980 7806 84", "GB", "980780684"),
        ("CHE-107.787.577 IVA", "CH", "CHE107787577IVA"),
        ("12-345.678", "US", "12345678"),
    ],
)
def test_a_foreign_vat_number_is_read_as_its_country_writes_it(typed, country, read):
    assert numbers.vat_number(typed, country=country) == read


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("DE136695977", "DE"),
        ("GB 980 7806 83", "GB"),
        ("☃", "US"),
        ("1" * 30, "US"),
        ("1E309", "1E309"),
        ("1E309", ""),
    ],
)
def test_one_that_does_not_check_is_refused(app, typed, country):
    with app.test_request_context(), pytest.raises(WrongVatNumber):
        numbers.vat_number(typed, country=country)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SARL Morin-Bois", "morin bois"),
        ("Boulangerie MORIN", "Boulangerie Morin SAS"),
        ("L’Œuf", "l'oeuf"),
        ("Mme Claire Moreau", "Claire Moreau"),
    ],
)
def test_names_of_one_client_have_one_key(one, other):
    assert key_of_name(one) == key_of_name(other)


def test_names_of_two_have_two_and_a_form_alone_is_a_name():
    assert key_of_name("Morin Bois") != key_of_name("Morin Boissons")
    assert key_of_name("SARL") == "sarl"
    assert words_of("L’Atelier d’Éric & Fils") == "l atelier d eric fils"


def test_who_may_be_the_same_is_shown_with_the_reason_and_never_in_the_way(rep, signed_in):
    garage = a_client(rep, Standing.PROFESSIONAL)
    bakery = a_client(rep, Standing.PROFESSIONAL, name="Boulangerie Morin", siren="", email="")
    with unit_of_work() as session:
        session.add(Contact(client_id=bakery, name="Élise", email="Elise@morin.example"))
    foreign = a_client(a_member(email="nadia@atelier-duval.example"), Standing.PROFESSIONAL)

    def like(**asked: str) -> list[tuple[int, Likeness]]:
        found = similar_clients(db.session(), rep, **({"siren": "", "name": "", "email": ""} | asked))
        return [(each.id, each.because) for each in found]

    assert like(siren="552100554") == [(garage, Likeness.SIREN)]
    assert like(email="elise@MORIN.example") == [(bakery, Likeness.EMAIL)]
    assert like(name="MORIN boulangerie") == []
    assert like(name="boulangerie  morin SAS", siren="552100554") == [
        (garage, Likeness.SIREN),
        (bakery, Likeness.NAME),
    ]
    assert foreign not in [key for key, _why in like(name="Garage Le Goff")]
    reader = signed_in(rep)
    assert "Boulangerie Morin" in reader.get("/clients/check?name=Boulangerie+Morin").text
    assert reader.submit("/clients/new", {"name": "Boulangerie Morin"}, "/clients").status_code == 303
    assert f"with={bakery + 2}" in reader.get(f"/clients/{bakery}").text
