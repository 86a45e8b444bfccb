"""Clients and their contacts in and out of a table."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import selectinload

from backoffice import clock
from backoffice.carrying import carry_out
from backoffice.clients.models import Client, ClientKind, Standing
from backoffice.db import Address, db
from backoffice.staff.models import Role
from tests.factories import a_client, a_member, a_seller, everything, handed_over, stored_job

TABLE = (
    "Nom;Type;SIREN;E-mail;Téléphone;Adresse;CP;Ville;Contact;Fonction;E-mail du contact\n"
    "Menuiserie Kerleo;entreprise;552 100 554;contact@kerleo.example;+33 2 99 00 00 00;3 rue du Port;35000;Rennes;Anne Kerleo;Gérante;anne@kerleo.example\n"
    "Menuiserie Kerleo;entreprise;552 100 554;contact@kerleo.example;+33 2 99 00 00 00;3 rue du Port;35000;Rennes;Yves Le Bihan;Achats;yves@kerleo.example\n"
    "Café du Port;entreprise;;bar@port.example;;;;Brest;;;\n"
)


@pytest.fixture
def manager(app: Flask, signed_in):
    a_seller()
    return signed_in(a_member(Role.MANAGER))


def uploaded(reader, data: bytes) -> int:
    form = reader.page("/clients/import").form("/clients/import")
    answer = reader.post("/clients/import", **handed_over(form["fields"], data, "clients.csv"))
    assert answer.status_code == 303, answer.text
    return done(answer.location)


def done(address: str) -> int:
    job = int(address.rpartition("/")[2])
    carry_out(job, clock.now())
    return job


def confirmed(reader, trial: int) -> None:
    done(reader.submit(f"/imports/{trial}", {}, "confirm").location)


def counts(job: int) -> tuple[int, int, int, int]:
    facts = stored_job(job).facts["counts"]
    return facts["new"], facts["changed"], facts["unchanged"], facts["wrong"]


def stored() -> dict[str, Client]:
    db.session.rollback()
    db.session.expunge_all()
    query = sa.select(Client).options(selectinload(Client.contacts)).order_by(Client.id)
    return {client.name: client for client in db.session.scalars(query)}


def test_rows_that_follow_each_other_are_the_contacts_of_one_client(manager):
    before = everything(["clients", "contacts"])
    trial = uploaded(manager, TABLE.encode())
    assert everything(["clients", "contacts"]) == before
    assert counts(trial) == (2, 0, 0, 0)
    confirmed(manager, trial)
    clients = stored()
    assert list(clients) == ["Menuiserie Kerleo", "Café du Port"]
    kerleo = clients["Menuiserie Kerleo"]
    assert (kerleo.kind, kerleo.standing, kerleo.siren, kerleo.phone, kerleo.billing.city) == (
        ClientKind.COMPANY,
        Standing.PROFESSIONAL,
        "552100554",
        "+33 2 99 00 00 00",
        "Rennes",
    )
    assert {(each.name, each.function, each.email) for each in kerleo.contacts} == {
        ("Anne Kerleo", "Gérante", "anne@kerleo.example"),
        ("Yves Le Bihan", "Achats", "yves@kerleo.example"),
    }


def test_the_same_table_twice_changes_nothing(manager):
    confirmed(manager, uploaded(manager, TABLE.encode()))
    before = everything(["clients", "contacts"])
    trial = uploaded(manager, TABLE.encode())
    assert counts(trial) == (0, 0, 2, 0)
    assert everything(["clients", "contacts"]) == before


def test_what_is_exported_and_imported_again_changes_nothing(manager):
    rep = a_member()
    a_client(rep)
    a_client(rep)  # a namesake, known by the number alone
    a_client(rep, Standing.PROFESSIONAL, language="en", siren="813420650", phone="+33 6 00 00 00 00")
    confirmed(manager, uploaded(manager, TABLE.encode()))
    before = everything(["clients", "contacts"])
    for language in ("fr", "en"):
        with db.engine.begin() as connection:
            connection.execute(
                sa.text("UPDATE staff_members SET language = :language"), {"language": language}
            )
        trial = uploaded(manager, manager.get("/clients/clients.csv").data)
        assert counts(trial) == (0, 0, 5, 0), stored_job(trial).facts
    assert everything(["clients", "contacts"]) == before


HABITS = (
    "Nom;Adresse de livraison;Code postal de livraison;Ville de livraison;Pays de livraison;Délai de paiement;Notes\n"
    "Menuiserie Kerleo;Quai 7;44000;Nantes;France;45;Sonner deux fois\n"
    "Café du Port;;;;Belgique;;\n"
)


def test_a_table_tells_where_to_deliver_and_what_is_agreed(manager):
    confirmed(manager, uploaded(manager, HABITS.encode()))
    with_place, without = db.session.scalars(sa.select(Client).order_by(Client.id))
    assert with_place.delivery == Address("Quai 7", "44000", "Nantes", "FR")
    assert (with_place.payment_days, with_place.notes) == (45, "Sonner deux fois")
    assert (without.delivery, without.payment_days, without.notes) == (Address(), None, "")
    exported = manager.get("/clients/clients.csv").text
    assert "Quai 7" in exported
    assert "Sonner deux fois" in exported
    assert counts(uploaded(manager, exported.encode())) == (0, 0, 2, 0)


@pytest.mark.parametrize("days", ["366", "-1", "1,5", "bientôt"])
def test_a_term_that_no_invoice_could_have_is_told(manager, days):
    trial = uploaded(manager, f"Nom;Délai de paiement\nCafé du Port;{days}\n".encode())
    assert counts(trial) == (0, 0, 0, 1)


def test_a_client_is_known_by_siren_then_e_mail_then_name(manager):
    confirmed(manager, uploaded(manager, TABLE.encode()))
    table = (
        "Nom;SIREN;E-mail;Ville\n"
        "menuiserie KERLEO;552100554;nouveau@kerleo.example;Vannes\n"
        "cafe du port;;bar@port.example;Lorient\n"
    )
    trial = uploaded(manager, table.encode())
    assert counts(trial) == (0, 2, 0, 0)
    confirmed(manager, trial)
    assert {client.email: client.billing.city for client in stored().values()} == {
        "nouveau@kerleo.example": "Vannes",
        "bar@port.example": "Lorient",
    }


@pytest.mark.parametrize(("siren", "email"), [("552100554", ""), ("", "bar@port.example")])
def test_whoever_has_another_name_is_told_and_renamed_by_number_only(manager, siren, email):
    confirmed(manager, uploaded(manager, TABLE.encode()))
    names = {client.id: client.name for client in stored().values()}
    there = next(key for key, name in names.items() if ("Kerleo" in name) == bool(siren))
    trial = uploaded(manager, f"Nom;SIREN;E-mail;Ville\nTout autre nom;{siren};{email};Vannes\n".encode())
    assert counts(trial) == (0, 0, 0, 1)
    text = manager.page(f"/imports/{trial}").text
    assert f"« {names[there]} »" in text.replace("\u202f", " ")
    assert f"numéro Accord {there}" in text.replace("\u00a0", " ")
    trial = uploaded(manager, f"N° Accord;Nom\n{there};Tout autre nom\n".encode())
    assert counts(trial) == (0, 1, 0, 0)
    confirmed(manager, trial)
    assert {client.id: client.name for client in stored().values()} == names | {there: "Tout autre nom"}


def test_wrong_rows_are_told_and_namesakes_are_not_guessed(manager):
    rep = a_member()
    a_client(rep, email="")
    a_client(rep, email="")
    table = (
        "N° Accord;Nom;Type;SIREN;E-mail;Achète comme;Contact\n"
        ";Mme Claire Moreau;;;;;\n"
        ";Faux SIREN;;123456789;;;\n"
        ";Sans arobase;;;nulle part;;\n"
        ";Quelqu’un;particulier;;;;\n"
        ";Mairie;organisme public;;;consommateur;\n"
        "999;Inconnu;;;;;\n"
        ";;;;;;Personne\n"
        ";Autre;martien;;;;\n"
    )
    trial = uploaded(manager, table.encode())
    assert counts(trial) == (0, 0, 0, 8)
    text = manager.page(f"/imports/{trial}").text
    for said in (
        "Plusieurs clients",
        "SIREN",
        "adresse e-mail",
        "Aucun client n’a ce numéro",
        "Écrivez l’un de ces mots",
    ):
        assert said in text, said


def test_a_rep_takes_no_list_of_all_clients_away(app: Flask, signed_in):
    a_seller()
    rep = signed_in(a_member(Role.REP))
    assert rep.get("/clients/clients.csv").status_code == rep.get("/clients/import").status_code == 404
