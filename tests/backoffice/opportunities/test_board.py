"""The board among many deals: the nearest of each phase, and how many there are."""

from datetime import date, timedelta

import pytest

from backoffice.access import owned_by
from backoffice.clock import now
from backoffice.db import db
from backoffice.opportunities import board as boards
from backoffice.opportunities.models import Opportunity
from backoffice.staff.models import Role, StaffMember
from backoffice.work import unit_of_work
from tests.factories import a_client, a_member, a_pipeline, an_opportunity


@pytest.fixture
def rep(app) -> int:
    return a_member()


def deals(rep: int, count: int, phases: dict[str, int] | None = None) -> dict[str, int]:
    """Each expected a day before the one made before it."""
    phases, client = phases or a_pipeline(), a_client(rep)
    for number in range(count):
        deal = an_opportunity(rep, client, title=f"Affaire {number}", phases=phases)
        with unit_of_work() as session:
            session.get_one(Opportunity, deal).expected_on = date(2026, 12, 31) - timedelta(days=number)
    return phases


def shown(rep: int) -> boards.Board:
    visible = owned_by(db.session.get_one(StaffMember, rep))
    return boards.board(db.session(), visible, pipeline_id=None, at=now())


def test_a_long_column_shows_its_nearest_deals_and_leads_to_the_others(rep, signed_in, monkeypatch):
    monkeypatch.setattr(boards, "CARDS", 2)
    phases = deals(rep, 5)
    column = shown(rep).columns[0]
    assert [card.deal.title for card in column.cards] == ["Affaire 4", "Affaire 3"]
    assert (column.count, column.others) == (5, 3)
    page = signed_in(rep).page("/opportunities")
    others = f"/opportunities/list?state=all&phase={phases['Qualification']}"
    assert others in page.links
    listed = signed_in(rep).get(others).text
    assert all(f"Affaire {number}" in listed for number in range(5))


def test_all_deals_of_a_column_are_added_up_not_only_those_it_shows(rep, monkeypatch):
    whole = deals(rep, 3) and shown(rep)
    monkeypatch.setattr(boards, "CARDS", 1)
    assert shown(rep).sum == whole.sum
    assert shown(rep).columns[0].sum == whole.columns[0].sum
    assert whole.sum.net > 0


def test_more_deals_than_are_added_up_are_counted(rep, signed_in, monkeypatch):
    deals(rep, 3)
    monkeypatch.setattr(boards, "SUMMED", 2)
    found = shown(rep)
    assert (found.count, found.sum, found.columns[0].sum) == (3, None, None)
    assert '<span class="count">3</span>' in signed_in(rep).get("/opportunities").text


def test_many_deals_cost_no_more_statements(rep, signed_in, statements):
    reader = signed_in(rep)
    phases = deals(rep, 1)
    reader.get("/opportunities")
    with statements() as few:
        reader.get("/opportunities")
    deals(rep, 6, phases)
    with statements() as many:
        reader.get("/opportunities")
    assert len(many) == len(few)


def test_a_colleague_s_deals_are_neither_shown_nor_counted(rep):
    deals(rep, 2)
    other = a_member(Role.REP, email="autre@atelier-duval.example")
    assert shown(other).count == 0
