"""What a client reads, in how many statements, in which language."""

import re
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest

from backoffice import clock
from backoffice.clients.models import Standing
from backoffice.db import Address
from backoffice.opportunities.models import Opportunity, OpportunityLine
from backoffice.seller.models import ONLY, Seller
from backoffice.work import unit_of_work
from tests.factories import (
    a_client,
    a_line,
    a_member,
    a_seller,
    a_sent_quote,
    a_signed_quote,
    address_of,
    an_opportunity,
)

ENGLISH = {"Accept-Language": "en"}


def opportunity_with(lines: int) -> int:
    return an_opportunity(lines=[a_line(f"Poste {i}", price="12.34") for i in range(lines)])


@pytest.mark.parametrize("lines", [1, 200])
def test_a_page_asks_the_same_few_statements_however_long_the_quote(app, client, statements, lines):
    _, link = a_sent_quote(opportunity_with(lines))
    client.get(address_of(link))
    with statements() as asked:
        page = client.page(address_of(link))
    assert f"Poste {lines - 1}" in page.text
    assert len(asked) <= 4, asked
    with statements() as asked:
        client.page(f"{address_of(link)}/sign")
    assert len(asked) <= 5, asked


def test_the_confirmation_asks_few_statements(app, client, statements):
    _, link, _ = a_signed_quote()
    with statements() as asked:
        client.page(f"{address_of(link)}/signed")
    assert len(asked) <= 5, asked


def test_neither_cost_nor_margin_nor_notes_reach_the_client(app, client):
    a_seller()
    rep = a_member()
    buyer = a_client(rep, notes="CLIENTNOTE")
    line = a_line(price="1000")
    line.cost = Decimal("417.93")
    deal = an_opportunity(rep, buyer, [line])
    with unit_of_work() as session:
        row = session.get_one(Opportunity, deal)
        row.notes, row.source = "DEALNOTE", "DEALSOURCE"
    _, link, _ = a_signed_quote(deal)
    for language, path in product(("fr", "en"), ("", "/signed")):
        text = client.get(address_of(link, language) + path).text
        assert "Claire Moreau" in text
        assert not re.search(r"417|582[.,]07", text)  # what it costs, what is left of its price
        assert not re.search(r"\b(cost|margin|co[uû]ts?|marges?|revient|notes?)\b", text, re.IGNORECASE)
        assert not re.search("CLIENTNOTE|DEALNOTE|DEALSOURCE", text)


def test_a_consumer_reads_prices_with_all_taxes_and_a_professional_without(app, client):
    a_seller()
    rep = a_member()
    for standing, price in ((Standing.CONSUMER, "€1,200.00"), (Standing.PROFESSIONAL, "€1,000.00")):
        client_id = a_client(rep, standing, email=f"{standing}@example.com")
        _, link = a_sent_quote(an_opportunity(rep, client_id, [a_line(price="1000")]))
        text = client.page(address_of(link, "en")).text
        line = text[text.index("Bibliothèque (en)") :]
        assert re.search(r"€[\d,.]+", line).group() == price


@pytest.mark.parametrize(
    ("language", "line", "amount"),
    [("fr", "Parquet", "3\N{NARROW NO-BREAK SPACE}963,20"), ("en", "Parquet (en)", "€3,963.20")],
)
def test_a_page_speaks_the_language_of_its_address(app, client, language, line, amount):
    _, link = a_sent_quote()
    answer = client.get(
        address_of(link, language), headers={"Accept-Language": "fr" if language == "en" else "en"}
    )
    assert f'lang="{language}"' in answer.text
    assert f">{line}<" in answer.text
    assert amount in answer.text
    other = "en" if language == "fr" else "fr"
    assert address_of(link, other) in client.page(address_of(link, language)).links


@pytest.mark.parametrize("path", ["", "/sign"])
def test_every_page_leads_to_the_same_page_in_the_other_language(client, link, path):
    assert f"{address_of(link, 'en')}{path}" in client.page(f"{address_of(link)}{path}").links


@pytest.mark.parametrize(
    ("billing", "shown"),
    [
        (Address(), ""),
        (Address(city="Rennes"), "<br>Rennes"),
        (Address("12 rue des Lices"), "<br>12 rue des Lices"),
        (Address("12 rue des Lices", "35000", "Rennes"), "<br>12 rue des Lices, 35000 Rennes"),
    ],
)
def test_of_a_postal_address_only_what_there_is_is_shown(app, client, billing, shown):
    a_seller()
    rep = a_member()
    _, link = a_sent_quote(an_opportunity(rep, a_client(rep, billing=billing)))
    text = client.get(address_of(link)).text
    assert f"<strong>Mme Claire Moreau</strong><br>Claire Moreau{shown}</div>" in text


def test_what_is_said_of_an_address_that_leads_nowhere_depends_on_who_can_have_come_by_it(app, client):
    _, link = a_sent_quote()
    for address in ("/p/en/forged", f"{address_of(link, 'en')}/nowhere", "/p/"):
        assert "Check the link that you received" in client.get(address, headers=ENGLISH).text
    for address in ("/nowhere", "/brand-000000000000000000.css"):
        text = client.get(address, headers=ENGLISH).text
        assert "link that you received" not in text
        assert "Check it, or go back" in text


def test_no_answer_under_the_addresses_of_the_portal_is_to_be_found_by_a_search(app, client):
    _, link = a_sent_quote()
    answers = [
        client.get(address_of(link)), client.post(address_of(link)), client.put(f"{address_of(link)}/sign"),
        client.get("/p/de/forged"), client.get("/p/fr/forged/nowhere"),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [200, 405, 405, 404, 404]
    assert {answer.headers["X-Robots-Tag"] for answer in answers} == {"noindex, nofollow"}
    assert "X-Robots-Tag" not in client.get("/sign-in").headers


def test_other_languages_do_not_exist(client, link):
    assert client.get(address_of(link, "de")).status_code == 404


def test_a_paper_that_is_not_there_yet_asks_for_patience(app, client):
    _, link = a_sent_quote(at=clock.now() - timedelta(seconds=1))
    answer = client.get(f"{address_of(link)}/quote.pdf")
    assert (answer.status_code, answer.headers["Refresh"]) == (202, "2")
    assert "http-equiv" not in answer.text
    assert client.get(f"{address_of(link)}/signed.pdf").status_code == 404


def test_what_is_on_the_page_is_what_was_frozen_whatever_changes_afterwards(app, client):
    _, link = a_sent_quote()
    before = client.get(address_of(link)).text
    with unit_of_work() as session:
        session.get_one(Seller, ONLY).name = "Autre Nom"
        session.get_one(OpportunityLine, 1).unit_price = Decimal(1)
    assert client.get(address_of(link)).text == before
