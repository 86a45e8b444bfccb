"""The list of clients: searched by what one remembers, narrowed, and quick however many there are."""

import time

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice.clients.finding import Filed, Wanted, clients_like, clients_listed
from backoffice.clients.models import Client, ClientKind, Contact, Standing
from backoffice.clients.naming import key_of_name, searched, words_of
from backoffice.db import Address, db
from backoffice.paging import Place
from backoffice.work import unit_of_work
from tests.factories import PAST, a_client, a_member

MANY = 10_000


@pytest.fixture
def rep(app: Flask) -> int:
    return a_member()


@pytest.mark.parametrize(
    "words", ["creche lutins", "Étienne", "SAINT malo", "552100554", "direction@lutins", "lutins malo 5521"]
)
def test_a_client_is_found_by_name_contact_town_siren_or_mail(rep, words):
    wanted = a_client(
        rep, Standing.PROFESSIONAL, name="Crèche Les Lutins", email="direction@lutins.example", billing=Address("", "", "Saint-Malo")
    )  # fmt: skip
    a_client(
        rep,
        Standing.PROFESSIONAL,
        name="Autre",
        siren="",
        email="autre@example.com",
        billing=Address("", "", "Brest"),
    )
    with unit_of_work() as session:
        session.add(Contact(client_id=wanted, name="Étienne Roux"))
    page = clients_listed(db.session(), rep, Wanted(words=words), Place())
    assert [client.id for client, _owner in page.rows] == [wanted]


@pytest.mark.parametrize("words", ["%", "_", "' OR 1=1", "\\", "a b c d e f g h i j k l"])
def test_signs_of_the_database_are_only_letters(rep, words):
    a_client(rep)
    assert clients_listed(db.session(), rep, Wanted(words=words), Place()).rows == []


def test_the_list_is_narrowed_by_kind_and_by_what_is_archived(rep, signed_in):
    a_client(rep)
    firm = a_client(rep, Standing.PROFESSIONAL)
    with unit_of_work() as session:
        session.get_one(Client, firm).archive(by=rep, at=PAST)

    def names(**asked: object) -> list[str]:
        return [
            client.name for client, _owner in clients_listed(db.session(), rep, Wanted(**asked), Place()).rows
        ]

    assert names() == ["Mme Claire Moreau"]
    assert names(filed=Filed.ARCHIVED) == ["Garage Le Goff"]
    assert names(filed=Filed.ALL) == ["Garage Le Goff", "Mme Claire Moreau"]
    assert names(filed=Filed.ALL, kind=ClientKind.COMPANY) == ["Garage Le Goff"]
    reader = signed_in(rep)
    for odd in ("kind=king", "filed=x", "q=%00", "q=" + "x" * 9000, "after=zz"):
        assert reader.get(f"/clients?{odd}").status_code == 200


def test_names_are_sorted_as_people_read_them(rep):
    for name in ("Zoé", "éclair", "Eclat", "œuvre", "Ours", "ours 2"):
        a_client(rep, name=name)
    rows = clients_listed(db.session(), rep, Wanted(), Place()).rows
    assert [client.name for client, _owner in rows] == ["éclair", "Eclat", "œuvre", "Ours", "ours 2", "Zoé"]


@pytest.mark.slow
def test_ten_thousand_clients_are_searched_in_the_database(rep, statements):
    with unit_of_work() as session:
        session.execute(
            sa.insert(Client),
            [
                {
                    "kind": ClientKind.COMPANY, "standing": Standing.PROFESSIONAL, "name": name, "name_words": words_of(name), "name_key": key_of_name(name),
                    "search_text": searched(name, "Rennes"), "owner_id": rep, "created_at": PAST, "revision": 1,
                }
                for name in (f"Menuiserie Kerleo {number:05d}" for number in range(MANY))
            ],
        )  # fmt: skip
    began = time.perf_counter()
    found = clients_like(db.session(), "kerleo 0999", rep)
    took = time.perf_counter() - began
    assert [each.name for each in found][:2] == ["Menuiserie Kerleo 09990", "Menuiserie Kerleo 09991"]
    assert len(clients_like(db.session(), "kerleo", rep)) == 60
    assert took < 1
