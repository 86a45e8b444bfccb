"""Two entries of one client become one: what stays, what moves, what is frozen, and who was first."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import selectinload

from backoffice import clock
from backoffice.clients.finding import Wanted, clients_like, clients_listed
from backoffice.clients.models import Client, ClientEntry, ClientEntryKind, Contact, Standing
from backoffice.clients.queries import survivor_of
from backoffice.clients.refusals import ClientIsArchived, ClientIsMerged, SameClient
from backoffice.db import Address, db
from backoffice.errors import NotFound, StaleRevision
from backoffice.invoices.models import Invoice
from backoffice.merging.differences import Side, differences
from backoffice.merging.merge import FOLLOWS, STAYS, Opened, merge_clients
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.paging import Place
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import (
    PAST,
    a_client,
    a_member,
    a_seller,
    a_signed_quote,
    address_of,
    an_invoice,
    an_opportunity,
    everything,
    issue,
    order_of,
)


def merge(this: int, other: int, *, known_to: int | None = None, by: int = 1, **changes: object) -> int:
    """``this`` stays, with its own values, unless told otherwise."""
    with db.engine.connect() as connection:
        revisions = dict(list(connection.execute(sa.select(Client.id, Client.revision))))
    facts = {
        "this_id": this, "this_revision": revisions[this], "other_id": other, "other_revision": revisions[other],
        "stays": Side.THIS, "picks": {}, "notes": Side.BOTH,
    }  # fmt: skip
    with unit_of_work() as session:
        return merge_clients(
            session, Opened(**(facts | changes)), known_to=known_to, by=by, at=clock.now()
        ).id


def stored(client: int) -> Client:
    db.session.rollback()
    query = sa.select(Client).where(Client.id == client).options(selectinload(Client.contacts))
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


@pytest.fixture
def rep(app) -> int:
    a_seller()
    return a_member()


@pytest.fixture
def pair(rep) -> tuple[int, int]:
    facts = {"siren": "552100554", "phone": "", "notes": "Par la cour"}
    first = a_client(rep, Standing.PROFESSIONAL, name="Garage Le Goff", **facts)
    second = a_client(
        rep, Standing.PROFESSIONAL, name="LE GOFF (garage)", siren="813420650", phone="02 99 00 00 00", notes="Fermé le lundi",
        email="atelier@legoff.example", billing=Address("1 rue du Port", "35400", "Saint-Malo"),
    )  # fmt: skip
    return first, second


def test_the_one_that_stays_has_what_was_picked_and_the_other_leads_to_it(pair):
    first, second = pair
    merge(first, second, picks={"phone": Side.OTHER, "billing": Side.OTHER, "name": Side.THIS})
    kept, gone = stored(first), stored(second)
    assert (kept.name, kept.siren, kept.phone, kept.billing.city) == (
        "Garage Le Goff", "552100554", "02 99 00 00 00", "Saint-Malo",
    )  # fmt: skip
    assert kept.notes == "Par la cour\n\nFermé le lundi"
    assert (gone.merged_into_id, gone.archived_at is None, gone.name) == (first, False, "LE GOFF (garage)")
    assert survivor_of(db.session(), second) == first
    assert [each.id for each in clients_like(db.session(), "le goff", None)] == [first]
    assert [client.id for client, _owner in clients_listed(db.session(), None, Wanted(), Place()).rows] == [
        first
    ]


def test_the_other_may_stay_and_a_notes_side_may_be_picked(pair):
    first, second = pair
    assert merge(first, second, stays=Side.OTHER, notes=Side.OTHER) == second
    assert (stored(second).name, stored(second).notes, stored(first).merged_into_id) == (
        "LE GOFF (garage)", "Fermé le lundi", second,
    )  # fmt: skip


def test_deals_contacts_and_drafts_move_while_frozen_papers_keep_their_text_and_are_found(
    pair, rep, signed_in, client
):
    first, second = pair
    _, link, signature = a_signed_quote(an_opportunity(rep, second, title="Rayonnage"))
    order = order_of(signature)
    issued = an_invoice(order, issued=True)
    _, _, other = a_signed_quote(an_opportunity(rep, second, title="Établi"))
    draft = an_invoice(order_of(other))
    frozen = everything(["orders", "order_lines", "quote_versions", "signatures", "timeline_entries"])
    before = db.session.scalars(sa.select(Invoice.content).where(Invoice.id == issued)).one()
    page = client.get(address_of(link)).data
    merge(first, second)
    assert everything([*frozen]) == frozen
    assert set(db.session.scalars(sa.select(Opportunity.client_id))) == {first}
    assert set(db.session.scalars(sa.select(Order.client_id))) == {second}  # as it was signed
    assert db.session.scalars(sa.select(Invoice.content).where(Invoice.id == issued)).one() == before
    assert client.get(address_of(link)).data == page
    text = signed_in(rep).page(f"/clients/{first}").text
    number = db.session.scalars(sa.select(Order.number).where(Order.id == order)).one()
    for paper in ("Rayonnage", "Établi", number, "F-2026-0001"):
        assert paper in text, paper
    assert issue(draft, clock.today("Europe/Paris"), revision=2) == "F-2026-0002"
    billed = db.session.get_one(Invoice, draft)
    assert (billed.client_id, billed.read()["client"]["name"]) == (first, "Garage Le Goff")


def test_an_order_of_the_one_that_is_gone_is_billed_to_the_one_that_stays(pair, rep):
    first, second = pair
    _, _, signature = a_signed_quote(an_opportunity(rep, second))
    merge(first, second)
    invoice = an_invoice(order_of(signature), issued=True)
    assert db.session.get_one(Invoice, invoice).read()["client"]["name"] == "Garage Le Goff"


def test_who_is_a_contact_of_both_is_kept_once_and_only_one_comes_first(pair, rep):
    first, second = pair
    with unit_of_work() as session:
        for contact in session.scalars(sa.select(Contact)):
            contact.is_principal, contact.email = True, "yann@garage-legoff.example"
        session.add(Contact(client_id=second, name="Anne Le Goff"))
    deal = an_opportunity(rep, second)
    merge(first, second)
    there = [(each.name, each.is_principal, each.archived_at is None) for each in stored(first).contacts]
    assert sorted(there) == [
        ("Anne Le Goff", False, True),
        ("Yann Le Goff", False, False),
        ("Yann Le Goff", True, True),
    ]
    kept = next(each.id for each in stored(first).contacts if each.is_principal)
    assert db.session.get_one(Opportunity, deal).contact_id == kept


def test_a_chain_of_merges_ends_at_the_last_survivor_in_one_step(pair, rep):
    first, second = pair
    third = a_client(rep, Standing.PROFESSIONAL, name="Le Goff et fils")
    merge(second, first)
    merge(third, second)
    assert [survivor_of(db.session(), each) for each in (first, second, third)] == [third] * 3
    told = db.session.scalars(
        sa.select(ClientEntry.facts["name"].as_string())
        .where(ClientEntry.kind == ClientEntryKind.ABSORBED)
        .order_by(ClientEntry.id)
    ).all()
    assert told == ["Garage Le Goff", "LE GOFF (garage)"]


def test_what_is_merged_is_neither_merged_again_nor_restored(pair, rep):
    first, second = pair
    third = a_client(rep, Standing.PROFESSIONAL, name="Le Goff et fils")
    merge(first, second)
    for this, other in ((third, second), (second, third), (second, first)):
        with pytest.raises(ClientIsMerged):
            merge(this, other)
    with pytest.raises(ClientIsMerged), unit_of_work() as session:
        session.get_one(Client, second).restore(by=rep, at=clock.now())
    with pytest.raises(SameClient):
        merge(first, first)


def test_an_archived_client_can_be_absorbed_and_does_not_absorb(pair, rep):
    first, second = pair
    with unit_of_work() as session:
        session.get_one(Client, second).archive(by=rep, at=clock.now())
    with pytest.raises(ClientIsArchived):
        merge(second, first)
    assert merge(first, second) == first


@pytest.mark.parametrize("stale", ["this_revision", "other_revision"])
def test_nothing_is_merged_that_is_not_as_it_was_shown(pair, stale):
    before = everything()
    with pytest.raises(StaleRevision):
        merge(*pair, **{stale: 7})
    assert everything() == before


def test_a_rep_merges_only_own_clients(pair, rep, signed_in):
    first, _second = pair
    foreign = a_client(
        a_member(email="nadia@atelier-duval.example"), Standing.PROFESSIONAL, name="Garage Legoff"
    )
    an_opportunity(rep, foreign)  # seen, because of the deal, and not one's own
    for this, other in ((first, foreign), (foreign, first)):
        with pytest.raises(NotFound):
            merge(this, other, known_to=rep)
        assert signed_in(rep).get(f"/clients/{this}/merge?with={other}").status_code == 404
    assert merge(first, foreign, known_to=None) == first


def test_the_table_refuses_a_merge_into_itself_one_that_is_not_archived_and_a_change_of_the_record(pair):
    merge(*pair)
    for statement in (
        "UPDATE clients SET merged_into_id = id WHERE archived_at IS NOT NULL",
        "UPDATE clients SET archived_at = NULL WHERE merged_into_id IS NOT NULL",
        "UPDATE client_entries SET facts = '{}'",
        "DELETE FROM client_entries",
    ):
        with pytest.raises(DatabaseError), db.engine.begin() as connection:
            connection.exec_driver_sql(statement)


def test_every_table_that_names_a_client_is_thought_of():
    naming = {
        table.name
        for table in db.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "clients"
    }
    assert naming == FOLLOWS | STAYS


def test_merging_each_into_the_other_at_once_leaves_one(app, pair):
    """Two tabs, each with the other client as the one that stays."""
    first, second = pair
    outcomes: list[object] = []
    start = threading.Barrier(2)

    def attempt(this: int, other: int) -> None:
        with app.app_context():
            start.wait()
            try:
                outcomes.append(merge(this, other))
            except Exception as refusal:  # noqa: BLE001 - compared below
                outcomes.append(refusal)
            finally:
                db.session.remove()

    db.session.remove()
    tabs = [threading.Thread(target=attempt, args=way) for way in ((first, second), (second, first))]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    refused = [each for each in outcomes if not isinstance(each, int)]
    assert [type(each) for each in refused] in ([ClientIsMerged], [StaleRevision])
    kept = {each for each in outcomes if isinstance(each, int)}
    assert len(kept) == 1, outcomes
    rows = db.session.execute(sa.select(Client.id, Client.merged_into_id)).all()
    assert sorted(rows, key=lambda row: row[0]) == [
        (each, None if each in kept else min(kept)) for each in sorted(pair)
    ]


def test_two_entries_are_merged_on_the_page(pair, rep, signed_in):
    first, second = pair
    reader = signed_in(rep)
    assert f"/clients/{first}/merge?with={second}" in reader.page(f"/clients/{first}/merge?q=goff").links
    typed = {"phone": "other", "notes": "both"}
    answer = reader.submit(f"/clients/{first}/merge?with={second}", typed, "/merge")
    assert (answer.status_code, answer.location) == (303, f"/clients/{first}")
    assert reader.get(f"/clients/{second}").location == f"/clients/{first}"
    assert not [
        form
        for form in reader.page(f"/clients/{first}/merge?with={second}").forms
        if form["action"].endswith("/merge")
    ]
    assert "LE GOFF (garage)" in reader.page(f"/clients/{first}").text  # in its history
    assert stored(first).phone == "02 99 00 00 00"


def test_a_stale_comparison_comes_back_with_what_was_picked(pair, rep, signed_in):
    first, second = pair
    reader = signed_in(rep)
    form = reader.page(f"/clients/{first}/merge?with={second}").form("/merge")
    with unit_of_work() as session:
        session.get_one(Client, second).phone = "02 99 11 11 11"
    answer = reader.post(form["action"], data=form["fields"] | {"billing": "other"})
    assert answer.status_code == 409
    assert "02 99 11 11 11" in answer.text
    assert 'name="billing" type="radio" value="other" checked' in answer.text or "checked" in answer.text
    assert stored(second).merged_into_id is None


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN])
def test_those_who_see_all_merge_all(pair, role, signed_in):
    reader = signed_in(a_member(role))
    first, second = pair
    assert reader.submit(f"/clients/{first}/merge?with={second}", {}, "/merge").status_code == 303


def test_what_is_usual_is_the_side_that_says_more(rep):
    """Nobody loses a VAT number by merging in a hurry; a side that contradicts the other is chosen by hand."""
    poor = a_client(rep, Standing.PROFESSIONAL, billing=Address())
    rich = a_client(rep, Standing.PROFESSIONAL, vat_number="FR96552100554", payment_days=0)
    other = a_client(rep, Standing.PROFESSIONAL, siren="813420650", vat_number="FR32813420650")
    found = differences(stored(poor), stored(rich), {})
    assert {each.name: each.usual for each in found} == dict.fromkeys(
        ("registration", "billing", "payment_days"), Side.OTHER
    )
    assert {each.usual for each in differences(stored(rich), stored(poor), {})} == {Side.THIS}
    (numbers,) = (
        each for each in differences(stored(poor), stored(other), {}) if each.name == "registration"
    )
    assert numbers.usual is Side.THIS


def test_two_entries_of_one_name_are_told_apart(rep, signed_in):
    first = a_client(rep, Standing.PROFESSIONAL, notes="")
    second = a_client(rep, Standing.PROFESSIONAL, notes="Par la cour", created_at=PAST + timedelta(days=1))
    page = signed_in(rep).page(f"/clients/{first}/merge?with={second}")
    for day in ("5 janvier 2026", "6 janvier 2026"):
        assert f"Garage Le Goff, saisi le {day} à 10 h 00" in page.text
    assert "Les deux, à la suite rien Par la cour" in page.text  # the notes
