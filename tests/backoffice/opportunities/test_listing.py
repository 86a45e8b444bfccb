"""The list of opportunities: found, narrowed, paged, added up."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from backoffice import paging
from backoffice.clients.models import Standing
from backoffice.db import db
from backoffice.opportunities.models import Opportunity
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import a_client, a_lost_deal, a_member, a_sent_quote, an_opportunity


def listed(reader, **query) -> str:
    return reader.page(
        "/opportunities/list?" + "&".join(f"{name}={value}" for name, value in query.items())
    ).text


@pytest.fixture
def deals(rep):
    firm = a_client(rep, Standing.PROFESSIONAL)
    return {
        "Escalier hélicoïdal": an_opportunity(rep, title="Escalier hélicoïdal"),
        "Comptoir": an_opportunity(rep, firm, title="Comptoir"),
    }


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("helicoidal", {"Escalier hélicoïdal"}),
        ("GARAGE", {"Comptoir"}),
        ("goff compt", {"Comptoir"}),
        ("yann", {"Comptoir"}),
        ("moreau", {"Escalier hélicoïdal"}),
        ("garage escalier", set()),
        ("100%25", set()),
        ("_", set()),
        ("%00", {"Escalier hélicoïdal", "Comptoir"}),
    ],
)
def test_title_client_and_contact_are_searched_whatever_the_accents(reader, deals, words, found):
    text = listed(reader, q=words)
    assert {title for title in deals if title in text} == found


def test_a_quote_is_found_by_its_number(reader, deals):
    a_sent_quote(deals["Comptoir"])
    number = db.session.execute(sa.text("SELECT number FROM quotes")).scalar_one()
    text = listed(reader, q=number.lower())
    assert "Comptoir" in text
    assert "Escalier" not in text


def test_filters_narrow(reader, rep, deals):
    with unit_of_work() as session:
        row = session.get_one(Opportunity, deals["Comptoir"])
        row.source, row.expected_on = "Salon de l’habitat", date(2026, 12, 31)
    a_lost_deal(deals["Escalier hélicoïdal"], rep)
    phase = db.session.get_one(Opportunity, deals["Comptoir"]).phase_id
    for query, title in (
        ({}, "Comptoir"), ({"state": "lost"}, "Escalier hélicoïdal"), ({"month": "2026-12"}, "Comptoir"),
        ({"source": "Salon de l’habitat"}, "Comptoir"), ({"phase": phase}, "Comptoir"), ({"q": "Escalier"}, "Escalier hélicoïdal"),
    ):  # fmt: skip
        text = listed(reader, **query)
        assert {each for each in deals if each in text.replace("Salon", "")} == {title}, query
    assert not any(each in listed(reader, month="2027-01") for each in deals)


def test_the_sum_is_that_of_all_that_is_found(reader, rep):
    an_opportunity(rep, title="Sans ligne", lines=[])
    with unit_of_work() as session:
        row = session.scalars(sa.select(Opportunity)).one()
        row.estimate, row.probability = Decimal("1000.50"), Decimal(50)
    an_opportunity(rep, title="Avec lignes")  # 3 512 € in a phase of 20 %
    assert "2 opportunités · 4 512,50 € HT · prévision pondérée 1 202,65 €" in listed(reader).replace(
        "\u202f", " "
    ).replace("\xa0", " ")


def test_only_ones_own_are_listed_and_a_manager_chooses_whose(reader, signed_in, deals, rep):
    other = a_member(email="other@atelier-duval.example", name="Anne Roux")
    an_opportunity(other, title="Véranda")
    assert "Véranda" not in listed(reader)
    manager = signed_in(a_member(Role.MANAGER))
    assert {"Véranda", "Comptoir"} <= {each for each in (*deals, "Véranda") if each in listed(manager)}
    assert "Comptoir" not in listed(manager, owner=other)


def test_pages_follow_each_other_without_a_gap(reader, rep):
    first = an_opportunity(rep, title="Numéro 0")
    with unit_of_work() as session:
        model = session.get_one(Opportunity, first)
        names = ("client_id", "contact_id", "owner_id", "pipeline_id", "phase_id", "created_at")
        for number in range(1, paging.SIZE + 5):
            session.add(
                Opportunity(title=f"Numéro {number}", **{name: getattr(model, name) for name in names})
            )
    page = reader.page("/opportunities/list")
    onward = next(link for link in page.links if "after=" in link)
    titles = [word for text in (page.text, reader.page(onward).text) for word in text.split("Numéro ")[1:]]
    numbers = [int(each.split()[0]) for each in titles]
    assert numbers == list(range(paging.SIZE + 4, -1, -1))


def test_the_list_asks_no_more_for_fifty_deals_than_for_two(reader, rep, deals, statements):
    with statements() as few:
        reader.page("/opportunities/list")
    for number in range(5):
        an_opportunity(rep, title=f"Autre {number}")
    with statements() as more:
        reader.page("/opportunities/list")
    assert len(more) == len(few)


@pytest.mark.parametrize(
    "query",
    ["month=2026-13", "phase=x", "owner=99999999999999999999", "state=?", "after=zzz", "q=" + "é" * 3000],
)
def test_an_odd_query_is_answered(reader, deals, query):
    assert reader.get(f"/opportunities/list?{query}").status_code == 200


def test_nobody_reads_where_the_deals_of_others_came_from(signed_in, rep):
    other = a_member(email="nadia@atelier-duval.example", name="Nadia Lebrun")
    mine, foreign = an_opportunity(rep), an_opportunity(other, a_client(other))
    with unit_of_work() as session:
        session.get_one(Opportunity, mine).source = "Salon"
        session.get_one(Opportunity, foreign).source = "Recommandé par un ami"
    for address in ("/opportunities/list", "/opportunities/new", f"/opportunities/{mine}"):
        text = signed_in(rep).get(address).text
        assert ("Salon" in text, "Recommandé" in text) == (True, False), address
    manager = signed_in(a_member(Role.MANAGER)).get("/opportunities/list").text
    assert ("Salon" in manager, "Recommandé" in manager) == (True, True)
