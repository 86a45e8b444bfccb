"""What a rep reads of two versions, or of one and the working paper."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from backoffice.db import Bilingual
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.quotes.queries import quote_to_act_on
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import (
    a_client,
    a_further_link,
    a_line,
    a_member,
    a_quote,
    a_seller,
    a_sent_quote,
    an_opportunity,
)
from tests.reader import Page, PageReader


@pytest.fixture
def rep(app) -> int:
    a_seller()
    return a_member()


@pytest.fixture
def reader(rep, signed_in) -> PageReader:
    return signed_in(rep)


@pytest.fixture
def quote(rep) -> int:
    """Sent once, with six lines of a professional's."""
    buyer = a_client(rep, name="Garage Le Goff", email="contact@garage-legoff.example")
    lines = [
        a_line(name, price="100") for name in ("Plateau", "Pieds", "Pose", "Vernis", "Tiroir", "Poignée")
    ]
    return a_sent_quote(an_opportunity(rep, buyer, lines))[0]


def edited(quote: int) -> None:
    """Two tops instead of one, cheaper legs, no installation, and a delivery."""
    with unit_of_work() as session:
        row = quote_to_act_on(session, quote)
        deal = deal_to_act_on(session, row.opportunity_id, sa.true())
        by_name = {line.name.fr: line for line in deal.lines}
        by_name["Plateau"].quantity = Decimal(2)
        by_name["Pieds"].unit_price = Decimal(80)
        deal.lines.remove(by_name["Pose"])
        delivery = a_line("Livraison", price="35")
        delivery.position = 9
        deal.lines.append(delivery)
        row.title = Bilingual("Comptoir en chêne", "")


def words(reader: PageReader, address: str) -> str:
    return plain(reader.page(address))


def plain(page: Page) -> str:
    return page.text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_paper_is_compared_with_what_the_client_has_unless_said_otherwise(reader, quote):
    edited(quote)
    page = reader.page(f"/quotes/{quote}/compare")
    (form,) = [form for form in page.forms if "from" in form["fields"]]
    assert (form["method"], form["fields"]) == ("get", {"from": "1", "to": "paper"})
    assert words(reader, f"/quotes/{quote}/compare") == words(
        reader, f"/quotes/{quote}/compare?from=1&to=paper"
    )


def test_each_line_says_what_was_and_what_is_with_its_amounts(reader, quote):
    edited(quote)
    text = reader.get(f"/quotes/{quote}/compare?from=1&to=paper").text
    rows = {
        name: text[text.index(f"{name}</") :].partition("</tr>")[0] for name in ("Plateau", "Pieds", "Pose")
    }
    shown = {name: plain(Page(f"<table><tr><th>{row}")) for name, row in rows.items()}
    assert "1 u" in shown["Plateau"]
    assert "2 u" in shown["Plateau"]
    assert "+120,00 €" in shown["Plateau"]
    assert "96,00 €" in shown["Pieds"]
    assert "−24,00 €" in shown["Pieds"]
    assert "−120,00 €" in shown["Pose"]
    assert "<del>" in rows["Pieds"]
    assert "<ins>" in rows["Pieds"]
    assert "<ins>" not in rows["Pose"]
    assert "Comptoir en chêne" in text


def test_lines_that_say_the_same_are_folded_away(reader, quote):
    edited(quote)
    text = reader.get(f"/quotes/{quote}/compare").text
    folded = text[text.index('<details class="fold"') :].partition("</details>")[0]
    assert [name in folded for name in ("Vernis", "Tiroir", "Poignée", "Plateau", "Pose")] == [True] * 3 + [
        False
    ] * 2


def test_two_versions_are_compared_either_way(reader, quote):
    edited(quote)
    a_further_link(quote)
    there, back = (
        words(reader, f"/quotes/{quote}/compare?from={old}&to={new}") for old, new in ((1, 2), (2, 1))
    )
    assert "+35,00" not in there.replace(" ", "").replace("+42,00", "")  # read by a consumer
    assert "+42,00 €" in there
    assert "−42,00 €" in back
    nothing = words(reader, f"/quotes/{quote}/compare?from=2&to=paper")
    assert "+42,00 €" not in nothing


def test_the_working_page_leads_to_the_comparison_when_lines_differ(reader, quote):
    deal = reader.get(f"/quotes/{quote}").location.partition("#")[0]
    address = f"/quotes/{quote}/compare"
    assert reader.page(deal).links.count(address) == 1  # among the acts on the quote
    edited(quote)
    assert reader.page(deal).links.count(address) == 2


def test_without_a_version_there_is_nothing_to_compare(reader, rep):
    assert len(words(reader, f"/quotes/{a_quote(an_opportunity(rep))}/compare")) > 0


@pytest.mark.parametrize("query", ["from=7", "to=7", "from=x", "to=-1", "from=1&to=99999999999999999999999"])
def test_a_version_that_is_not_there_is_not_found(reader, quote, query):
    assert reader.get(f"/quotes/{quote}/compare?{query}").status_code == 404


def test_another_rep_finds_nothing_and_an_unknown_quote_looks_the_same(signed_in, quote):
    stranger = signed_in(a_member(Role.REP, email="autre@atelier-duval.example", name="Anne Le Gall"))
    assert [stranger.get(f"/quotes/{each}/compare").status_code for each in (quote, 987654)] == [404, 404]


def test_three_hundred_lines_ask_as_few_statements_as_one(app, rep, reader, statements):
    asked = []
    for count in (1, 300):
        lines = [a_line(f"Poste {number}") for number in range(count)]
        quote, _ = a_sent_quote(an_opportunity(rep, lines=lines, title=f"De {count}"))
        with statements() as found:
            reader.page(f"/quotes/{quote}/compare")
        asked.append(len(found))
    assert asked[0] == asked[1]
