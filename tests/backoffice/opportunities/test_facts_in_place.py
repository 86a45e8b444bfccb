"""The facts of a deal, changed where they are read; notes and calls; a client made on the fly."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from backoffice.clients.models import Client, ClientKind, Standing
from backoffice.db import db
from backoffice.staff.models import Role
from backoffice.timeline.models import EntryKind, TimelineEntry
from tests.factories import a_member, a_pipeline, a_seller, an_opportunity, everything, stored_deal


def save(reader, deal, fact, typed):
    return reader.submit(f"/opportunities/{deal}", {"value": typed}, f"/{fact}")


@pytest.mark.parametrize(
    ("fact", "typed", "name", "kept"),
    [
        ("expected", "31/12/2026", "expected_on", date(2026, 12, 31)),
        ("expected", "", "expected_on", None),
        ("amount", "12 400,50 €", "estimate", Decimal("12400.50")),
        ("amount", "", "estimate", None),
        ("probability", "75 %", "probability", Decimal(75)),
        ("probability", "", "probability", None),
        ("source", "Salon", "source", "Salon"),
        ("notes", "Chien gentil 🐕", "notes", "Chien gentil 🐕"),
    ],
)
def test_a_fact_is_saved_where_it_is_read(reader, rep, fact, typed, name, kept):
    deal = an_opportunity(rep, lines=[])
    assert save(reader, deal, fact, typed).status_code == 303
    assert getattr(stored_deal(deal), name) == kept


@pytest.mark.parametrize(
    ("fact", "typed"),
    [
        ("expected", "demain"),
        ("amount", "1e400"),
        ("amount", "-5"),
        ("probability", "120"),
        ("source", "x" * 81),
    ],
)
def test_a_fact_that_cannot_be_comes_back_as_typed(reader, rep, fact, typed):
    deal = an_opportunity(rep, lines=[])
    before = everything()
    answer = save(reader, deal, fact, typed)
    assert answer.status_code == 422
    assert typed in answer.text
    assert everything() == before


def test_a_fact_changed_meanwhile_is_not_overwritten_unseen(reader, rep):
    deal = an_opportunity(rep, lines=[])
    form = reader.page(f"/opportunities/{deal}").form("/source")
    reader.post(form["action"], data=form["fields"] | {"value": "Premier"})
    answer = reader.post(form["action"], data=form["fields"] | {"value": "Second"})
    assert answer.status_code == 409
    assert "Second" in answer.text
    assert stored_deal(deal).source == "Premier"


def test_the_estimate_counts_until_there_are_lines(reader, rep):
    bare, lined = an_opportunity(rep, lines=[], title="Nue"), an_opportunity(rep)
    save(reader, bare, "amount", "900")
    text = reader.page(f"/opportunities/{bare}").text
    assert "900,00 € estimation" in text
    assert "d’après les lignes" in reader.page(f"/opportunities/{lined}").text


def test_a_note_stays_as_written_and_calls_stand_at_their_hour(reader, rep):
    deal = an_opportunity(rep)
    address = f"/opportunities/{deal}"
    assert (
        reader.submit(address, {"words": "Rappelle jeudi\n<b>", "kind": "note"}, "/history").status_code
        == 303
    )
    call = {"words": "Hésite", "kind": "call", "held_on": "2026-01-06", "held_at": "9h30"}
    assert reader.submit(address, call, "/history").status_code == 303
    note, held = db.session.scalars(sa.select(TimelineEntry).order_by(TimelineEntry.id)).all()
    assert (note.kind, note.staff_id, note.facts["words"]) == (EntryKind.NOTE, rep, "Rappelle jeudi\n<b>")
    assert (held.kind, held.at.isoformat()) == (EntryKind.CALL, "2026-01-06T08:30:00+00:00")
    page = reader.page(f"{address}?history=written").text
    assert "Rappelle jeudi <b>" in page
    assert "Hésite" in page
    assert "Hésite" not in reader.page(f"{address}?history=moves").text


def test_a_call_to_come_and_an_empty_note_are_refused(reader, rep):
    address = f"/opportunities/{an_opportunity(rep)}"
    before = everything()
    for typed in ({"words": "Demain", "kind": "call", "held_on": "2098-01-01"}, {"words": "  "}):
        answer = reader.submit(address, typed, "/history")
        assert answer.status_code == 422
    assert everything() == before


@pytest.mark.parametrize(
    ("buyer", "kind", "standing"),
    [
        ("company", ClientKind.COMPANY, Standing.PROFESSIONAL),
        ("consumer", ClientKind.PERSON, Standing.CONSUMER),
        ("trader", ClientKind.PERSON, Standing.PROFESSIONAL),
        ("public_body", ClientKind.PUBLIC_BODY, Standing.PROFESSIONAL),
    ],
)
def test_a_client_is_made_with_the_deal(reader, rep, buyer, kind, standing):
    a_seller()
    a_pipeline()
    typed = {
        "title": "Vitrine",
        "client": "Café du Port",
        "is_new_client": "y",
        "buyer": buyer,
        "email": "bar@example.com",
    }
    answer = reader.submit("/opportunities/new", typed, "/opportunities")
    assert answer.status_code == 303
    client = db.session.scalars(sa.select(Client)).one()
    assert (client.name, client.kind, client.standing, client.email) == (
        "Café du Port",
        kind,
        standing,
        "bar@example.com",
    )
    made = client.id
    assert stored_deal(int(answer.location.rpartition("/")[2])).client_id == made


@pytest.mark.parametrize(
    "wrong", [{"buyer": ""}, {"email": "x"}, {"email": ""}, {"title": ""}, {"expected_on": "x"}]
)
def test_nothing_is_made_and_nothing_lost_when_something_is_wrong(reader, rep, wrong):
    a_seller()
    a_pipeline()
    before = everything()
    typed = {
        "title": "Vitrine",
        "client": "Café du Port",
        "is_new_client": "y",
        "buyer": "company",
        "email": "bar@example.com",
        "notes": "Code 4711",
    }
    answer = reader.submit("/opportunities/new", typed | wrong, "/opportunities")
    assert answer.status_code == 422
    assert "Café du Port" in answer.text
    assert "Code 4711" in answer.text
    assert everything() == before


def test_a_manager_chooses_the_owner_and_a_rep_does_not(reader, signed_in, rep):
    a_seller()
    a_pipeline()
    manager = a_member(Role.MANAGER)
    typed = {
        "title": "Vitrine",
        "client": "Café du Port",
        "is_new_client": "y",
        "buyer": "company",
        "email": "bar@example.com",
    }
    made = signed_in(manager).submit("/opportunities/new", typed | {"owner": str(rep)}, "/opportunities")
    assert stored_deal(int(made.location.rpartition("/")[2])).owner_id == rep
    refused = reader.submit("/opportunities/new", typed | {"owner": str(manager)}, "/opportunities")
    assert refused.status_code == 422
