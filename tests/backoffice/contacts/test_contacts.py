"""The people at a client's: who comes first, who is gone, and what links keep."""

import pytest
import sqlalchemy as sa

from backoffice.clients.models import Contact, Standing
from backoffice.db import db
from backoffice.links.models import ClientLink
from backoffice.work import unit_of_work
from tests.factories import PAST, a_client, a_member, a_seller, a_sent_quote, an_opportunity
from tests.reader import Page


@pytest.fixture
def rep(app) -> int:
    a_seller()
    return a_member()


@pytest.fixture
def garage(rep) -> int:
    return a_client(rep, Standing.PROFESSIONAL)


def contacts(client: int) -> list[tuple[str, bool, bool]]:
    """Name, whether first, whether still there."""
    db.session.rollback()
    rows = db.session.execute(
        sa.select(Contact.name, Contact.is_principal, Contact.archived_at.is_(None))
        .where(Contact.client_id == client)
        .order_by(Contact.id)
    )
    return [(name, bool(first), bool(there)) for name, first, there in rows]


def yann(client: int) -> int:
    return (
        db.session.scalars(
            sa.select(Contact.id).where(Contact.client_id == client).order_by(Contact.id)
        ).first()
        or 0
    )


def test_a_contact_is_added_and_may_come_first(garage, rep, signed_in):
    reader = signed_in(rep)
    for name, rank in (("Anne", "first"), ("Luc", "other"), ("Zoé", "first")):
        answer = reader.submit(f"/clients/{garage}/contacts/new", {"name": name, "rank": rank}, "/contacts")
        assert answer.status_code == 303
    assert contacts(garage) == [
        ("Yann Le Goff", False, True),
        ("Anne", False, True),
        ("Luc", False, True),
        ("Zoé", True, True),
    ]
    chosen = reader.page(f"/opportunities/new?client={garage}").form("/opportunities")["fields"]["contact_id"]
    assert int(chosen) == db.session.scalars(sa.select(Contact.id).where(Contact.name == "Zoé")).one()


def test_the_first_of_a_client_comes_first_by_itself(rep, signed_in):
    with unit_of_work() as session:
        session.execute(sa.delete(Contact))
    empty = a_client(rep, Standing.PROFESSIONAL)
    with unit_of_work() as session:
        session.execute(sa.delete(Contact))
    signed_in(rep).submit(f"/clients/{empty}/contacts/new", {"name": "Anne"}, "/contacts")
    assert contacts(empty) == [("Anne", True, True)]


def test_an_archived_contact_is_offered_to_nobody_but_the_deal_that_names_them(garage, rep, signed_in):
    deal = an_opportunity(rep, garage)
    reader, contact = signed_in(rep), yann(garage)
    assert reader.submit(f"/contacts/{contact}", {}, "/archive").status_code == 303
    assert contacts(garage) == [("Yann Le Goff", False, False)]
    reader.get("/clients")  # what was done is told once
    assert "Yann" not in reader.page(f"/opportunities/new?client={garage}").text
    assert (
        reader.submit(f"/opportunities/{deal}/details", {"title": "Rayonnage"}, "/details").status_code == 303
    )
    assert reader.submit(f"/contacts/{contact}", {}, "/restore").status_code == 303
    assert contacts(garage) == [("Yann Le Goff", False, True)]


def test_a_link_keeps_the_address_that_it_was_sent_to_and_the_page_says_so(garage, rep, signed_in):
    _, link = a_sent_quote(an_opportunity(rep, garage))
    reader, contact = signed_in(rep), yann(garage)
    assert "yann@garage-legoff.example" in reader.page(f"/contacts/{contact}").text
    reader.submit(f"/contacts/{contact}", {"email": "nouveau@legoff.example"}, f"/contacts/{contact}")
    db.session.rollback()
    assert (
        db.session.scalars(sa.select(Contact.email).where(Contact.id == contact)).one()
        == "nouveau@legoff.example"
    )
    assert (
        db.session.scalars(sa.select(ClientLink.email).where(ClientLink.id == link.id)).one()
        == "yann@garage-legoff.example"
    )
    text = reader.page(f"/contacts/{contact}").text
    assert "gardent l’adresse" in text
    assert "yann@garage-legoff.example" in text


def test_a_stale_contact_is_refused_with_both(garage, rep, signed_in):
    reader, contact = signed_in(rep), yann(garage)
    form = reader.page(f"/contacts/{contact}").form(f"/contacts/{contact}")
    with unit_of_work() as session:
        session.get_one(Contact, contact).phone = "02 98 76 54 32"
    answer = reader.post(form["action"], data=form["fields"] | {"phone": "06 11 22 33 44"})
    assert answer.status_code == 409
    assert "02 98 76 54 32" in Page(answer.text).text
    assert Page(answer.text).form(f"/contacts/{contact}")["fields"]["phone"] == "06 11 22 33 44"


def test_somebody_elses_contact_is_not_found(rep, signed_in):
    foreign = yann(a_client(a_member(email="nadia@atelier-duval.example"), Standing.PROFESSIONAL))
    reader = signed_in(rep)
    assert reader.get(f"/contacts/{foreign}").status_code == reader.get("/contacts/999").status_code == 404


@pytest.mark.parametrize("others", [[{}, {}], [{"archived_at": PAST}]], ids=["two", "archived"])
def test_the_table_lets_one_contact_come_first_and_nobody_archived(garage, others):
    def store() -> None:
        with unit_of_work() as session:
            session.add_all(
                Contact(client_id=garage, name="Anne", is_principal=True, **more) for more in others
            )

    with pytest.raises(sa.exc.IntegrityError):
        store()
