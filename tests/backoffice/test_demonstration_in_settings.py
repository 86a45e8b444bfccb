"""The demonstration loaded and removed by the administrator: an installation as new afterwards, and nothing real ever touched."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.db import db
from backoffice.demonstration import loading
from backoffice.demonstration.company import STAFF
from backoffice.demonstration.removing import NotADemonstration, remove_demonstration
from backoffice.invoices.models import Invoice
from backoffice.outbox import due
from backoffice.seller.models import ONLY, Seller
from backoffice.staff.models import Role, StaffMember
from backoffice.welcome.code import set_up_code
from backoffice.work import unit_of_work
from tests.conftest import SECRET
from tests.factories import a_client, a_member, a_seller, a_signed_quote, an_invoice, everything, order_of
from tests.reader import Page

BESIDES = {"alembic_version", "failure_counters"}
WORD = {"word": "Supprimer"}


@pytest.fixture
def firm(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """An installation with a home of its own."""
    before = app.extensions["accord"]
    app.extensions["accord"] = replace(before, home=tmp_path)
    yield app
    app.extensions["accord"] = before


def guards() -> list[str]:
    """The triggers, as the database tells them."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        query = "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY sql"
    else:
        query = "SELECT pg_get_triggerdef(oid) AS t FROM pg_trigger WHERE NOT tgisinternal ORDER BY t"
    found = list(db.session.scalars(sa.text(query)))
    db.session.rollback()
    return found


def dump() -> dict[str, list[tuple[object, ...]]]:
    tables = everything()
    tables["counters"] = [tuple(row)[:-1] for row in tables["counters"]]  # its revision counts on
    return {name: rows for name, rows in tables.items() if name not in BESIDES}


def demo_admin() -> int:
    email = next(person.email for person in STAFF if person.role is Role.ADMIN)
    db.session.remove()
    return db.session.scalars(sa.select(StaffMember.id).where(StaffMember.email == email)).one()


def test_removed_it_leaves_an_installation_as_the_migrations_made_it(firm, signed_in):
    new, frozen = dump(), guards()
    loading.load()
    invoice = an_invoice(order_of(a_signed_quote()[2]), issued=True)
    assert invoice
    reader = signed_in(demo_admin())
    answer = reader.submit("/settings/demonstration", WORD, "remove")
    assert (answer.status_code, answer.location) == (303, "/welcome")
    assert dump() == new
    assert guards() == frozen
    assert due(db.session(), clock.now()) == []
    assert not loading.accounts_file().exists()
    page = reader.page("/welcome")
    assert page.form("welcome")["fields"]["code"] == set_up_code(SECRET)
    assert reader.get("/quotes").location == "/welcome"
    loading.load()  # starting the server again does not bring it back
    assert dump() == new


def test_what_freezes_rows_is_at_work_again_in_the_next_installation(firm, signed_in):
    loading.load()
    with unit_of_work() as session:
        remove_demonstration(session)
    invoice = an_invoice(order_of(a_signed_quote()[2]), issued=True)
    with pytest.raises(sa.exc.DatabaseError, match="frozen"), db.engine.begin() as connection:
        connection.execute(sa.delete(Invoice).where(Invoice.id == invoice))


def remove_and_fail() -> None:
    with unit_of_work() as session:
        remove_demonstration(session)
        raise ZeroDivisionError


def test_a_removal_that_fails_leaves_every_row_and_every_trigger(firm):
    loading.load()
    before, frozen = everything(), guards()
    with pytest.raises(ZeroDivisionError):
        remove_and_fail()
    assert everything() == before
    assert guards() == frozen


def test_a_real_firm_is_never_removed(firm, signed_in):
    a_signed_quote()
    admin = signed_in(a_member(Role.ADMIN))
    before, frozen = everything(), guards()
    page = admin.page("/settings/demonstration")
    assert not any("demonstration" in form["action"] for form in page.forms)
    token = page.forms[0]["fields"]["csrf_token"]
    answer = admin.post("/settings/demonstration/remove", data={"csrf_token": token, "word": "supprimer"})
    assert answer.status_code == 409
    with pytest.raises(NotADemonstration), unit_of_work() as session:
        remove_demonstration(session)
    assert admin.post("/settings/demonstration/load", data={"csrf_token": token}).status_code == 409
    assert everything() == before
    assert guards() == frozen


@pytest.mark.parametrize("database", ["sqlite"])
def test_without_the_word_nothing_is_lost_and_the_page_tells_what_would_be(firm, signed_in):
    loading.load()
    reader = signed_in(demo_admin())
    before = everything()
    for typed in ("", "oui", "suppr"):
        answer = reader.submit("/settings/demonstration", {"word": typed}, "remove")
        assert answer.status_code == 422
    assert everything() == before
    page = Page(answer.text).text
    assert (
        "Saisissez « supprimer »".replace(" ", "\u202f").replace("Saisissez\u202f", "Saisissez ")
        in answer.text
    )
    assert "Clients7" in page.replace(" ", "")


@pytest.mark.parametrize("entered", [False, True], ids=["before the firm", "after its identity"])
def test_an_administrator_may_look_around_first(firm, signed_in, entered):
    if entered:
        a_seller(name="Menuiserie Kerleo")
    reader = signed_in(a_member(Role.ADMIN, email="anne@kerleo.example"))
    assert reader.submit("/settings/demonstration", {}, "load").status_code == 303
    db.session.remove()
    seller = db.session.get_one(Seller, ONLY)
    assert (seller.name, seller.demonstration, seller.first_run) == ("Atelier Duval", True, None)
    page = reader.page("/settings/demonstration")
    assert "julien@atelier-duval.example" in page.text
    reader.page("/opportunities")
    loading.load()
    assert reader.submit("/settings/demonstration", WORD, "remove").location == "/welcome"


def test_it_is_not_mixed_with_own_data(firm, signed_in):
    a_seller()
    admin = a_member(Role.ADMIN)
    a_client(admin)
    before = everything()
    with pytest.raises(loading.OwnDataHere):
        loading.load_instead()
    loading.load()
    assert everything() == before


@pytest.mark.parametrize("database", ["sqlite"])
def test_in_production_it_is_not_loaded(firm, signed_in):
    reader = signed_in(a_member(Role.ADMIN))
    token = reader.page("/settings/demonstration").form("load")["fields"]["csrf_token"]
    firm.extensions["accord"] = replace(firm.extensions["accord"], environment="production")
    assert "production" in reader.page("/settings/demonstration").text
    assert reader.post("/settings/demonstration/load", data={"csrf_token": token}).status_code == 409
    db.session.remove()
    assert db.session.get(Seller, ONLY) is None
