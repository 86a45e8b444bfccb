"""The rep's pages of a deal, walked without JavaScript."""

import pytest
import sqlalchemy as sa

from backoffice.db import db
from backoffice.opportunities.models import Opportunity, Outcome, Phase
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import (
    a_client,
    a_line,
    a_member,
    a_pipeline,
    a_seller,
    a_sent_quote,
    an_opportunity,
    everything,
)
from tests.factories import stored_deal as stored


def address(deal: int) -> str:
    return f"/opportunities/{deal}"


def test_home_leads_everybody_to_their_work(signed_in, app):
    assert signed_in(a_member()).get("/").location == "/today"
    assert signed_in(a_member(Role.ACCOUNTANT)).get("/").location == "/invoices"


def test_the_board_shows_own_deals_with_their_sum(reader, deal):
    other = a_member(email="other@atelier-duval.example")
    foreign = an_opportunity(owner=other, lines=[a_line(price="2718")], title="Escalier d’une autre")
    with unit_of_work() as session:  # in the same column of the same board
        own, row = session.get_one(Opportunity, deal), session.get_one(Opportunity, foreign)
        row.pipeline_id, row.phase_id = own.pipeline_id, own.phase_id
    page = reader.page("/opportunities")
    assert "Bibliothèque sur mesure" in page.text
    assert "1 opportunité · 3 512,00 € HT" in " ".join(page.text.split())
    assert "Escalier d’une autre" not in page.text


def test_a_foreign_deal_and_an_unknown_one_look_the_same(signed_in, deal):
    stranger = signed_in(a_member(email="other@atelier-duval.example"))
    foreign, unknown = stranger.get(address(deal)), stranger.get(address(99_999))
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.data == unknown.data
    assert "Bibliothèque sur mesure" not in stranger.page("/opportunities").text


def test_a_manager_sees_every_deal(signed_in, deal):
    manager = signed_in(a_member(Role.MANAGER))
    assert "Bibliothèque sur mesure" in manager.page("/opportunities").text
    assert manager.get(address(deal)).status_code == 200


def test_a_deal_moves_to_a_phase_by_a_click_and_its_history_says_so(reader, deal):
    phase = db.session.scalars(
        sa.select(Phase.id).where(Phase.outcome == Outcome.OPEN).order_by(Phase.position.desc()).limit(1)
    ).one()
    assert reader.submit(address(deal), {"phase": str(phase)}, "/phase").status_code == 303
    assert stored(deal).phase_id == phase
    assert (
        "« Devis signé »" in reader.page(address(deal)).text
        or "“Devis signé”" in reader.page(address(deal)).text
    )
    assert reader.submit(address(deal), {"phase": "99999"}, "/phase").status_code == 404


def test_a_deal_is_opened_for_a_client_whose_name_is_typed(reader, rep):
    a_seller()
    a_pipeline()
    client = a_client(rep)
    answer = reader.submit(
        "/opportunities/new", {"title": "Cuisine", "client": "claire moreau"}, "/opportunities"
    )
    assert answer.status_code == 303
    made = stored(int(answer.location.rpartition("/")[2]))
    assert (made.client_id, made.owner_id, made.title) == (client, rep, "Cuisine")
    assert made.contact_id is not None


def test_a_client_of_somebody_else_is_not_found_by_name(reader, rep):
    a_seller()
    a_client(a_member(email="other@atelier-duval.example"))
    answer = reader.submit(
        "/opportunities/new", {"title": "Cuisine", "client": "Claire Moreau"}, "/opportunities"
    )
    assert answer.status_code == 422
    assert "Cuisine" in answer.text


def test_details_changed_by_another_are_shown_beside_what_was_typed(reader, deal):
    form = reader.page(f"{address(deal)}/details").form("/details")
    reader.post(form["action"], data=form["fields"] | {"title": "Premier"})
    answer = reader.post(form["action"], data=form["fields"] | {"title": "Second"})
    assert answer.status_code == 409
    assert "Premier" in answer.text
    assert "Second" in answer.text
    assert "enregistrez de nouveau" in answer.text
    assert "Rouvrez" not in answer.text
    assert stored(deal).title == "Premier"


@pytest.mark.parametrize("typed", ["abc", "99999"])
def test_a_contact_that_is_not_offered_is_answered_in_our_words(reader, deal, typed):
    answer = reader.submit(f"{address(deal)}/details", {"contact_id": typed}, "/details")
    assert answer.status_code == 422
    assert "Choisissez dans la liste" in answer.text


def test_a_phase_must_be_chosen(reader, deal):
    answer = reader.submit(address(deal), {"phase": None}, "/phase")
    assert answer.status_code == 422
    assert "Faites un choix" in answer.text


def test_reading_changes_nothing(reader, rep):
    _, link = a_sent_quote(an_opportunity(owner=rep))
    deal = db.session.scalars(sa.select(Opportunity.id)).one()
    quote = link.quote_id
    before = everything()
    for path in (
        "/opportunities",
        address(deal),
        f"{address(deal)}/details",
        "/quotes",
        f"/quotes/{quote}/preview",
        f"/quotes/{quote}/send",
        "/clients",
    ):
        assert reader.get(path).status_code == 200, path
    assert everything() == before


def test_a_deal_is_opened_from_where_deals_are_listed(reader, deal):
    for path in ("/opportunities", "/quotes"):
        assert "/opportunities/new" in reader.page(path).links
