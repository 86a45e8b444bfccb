"""Lists longer than a page: quotes, orders, invoices and clients."""

import re
from datetime import timedelta

import pytest

from backoffice import clock
from backoffice.clients.models import Client, ClientKind, Standing
from backoffice.db import db
from backoffice.quotes.models import Quote
from backoffice.work import unit_of_work
from tests.factories import (
    PAST,
    a_client,
    a_line,
    a_member,
    a_quote,
    a_sent_quote,
    a_signed_quote,
    an_invoice,
    an_opportunity,
    order_of,
)

PAGE = 50


def entries(reader, address: str, what: str) -> list[str]:
    """Where the entries of a page of a list lead."""
    return [link for link in reader.page(address).links if re.fullmatch(rf"/{what}/\d+", link)]


def turn_pages(reader, what: str, leading_to: str = "") -> None:
    """``PAGE + 1`` entries on two pages, none on both; an address that nobody gave out is the first page."""
    target = leading_to or what
    start = reader.page(f"/{what}")
    (onward,) = [link for link in start.links if re.search(r"[?&]after=", link)]
    first, second = entries(reader, f"/{what}", target), entries(reader, onward, target)
    assert (len(first), len(second)) == (PAGE, 1), what
    assert len({*first, *second}) == PAGE + 1
    (back,) = [link for link in reader.page(onward).links if re.search(r"[?&]before=", link)]
    assert entries(reader, back, target) == first
    assert f"/{what}" in reader.page(onward).links
    for odd in ("after=", "after=x", "before=%00", "after=W10", "page=7"):
        assert entries(reader, f"/{what}?{odd}", target) == first


def test_clients_fill_one_page_after_the_other(signed_in, app):
    rep = a_member()
    with unit_of_work() as session:
        session.add_all(
            Client(
                kind=ClientKind.COMPANY, standing=Standing.PROFESSIONAL, name=f"Martin {number % 7}", owner_id=rep, created_at=PAST,
            )
            for number in range(PAGE + 1)
        )  # fmt: skip
    turn_pages(signed_in(rep), "clients")


@pytest.mark.slow
def test_quotes_orders_and_invoices_fill_one_page_after_the_other(signed_in, app):
    rep = a_member()
    client = a_client(rep)
    for number in range(PAGE + 1):
        deal = an_opportunity(rep, client, [a_line()])
        _, _, signature = a_signed_quote(deal)
        an_invoice(order_of(signature), issued=bool(number % 2))
    reader = signed_in(rep)
    turn_pages(reader, "quotes", leading_to="opportunities")
    turn_pages(reader, "orders")
    turn_pages(reader, "invoices")


def test_the_list_of_quotes_shows_those_of_one_state(signed_in, app):
    rep = a_member()
    client = a_client(rep)
    titles = {"draft": "Escalier", "signed": "Terrasse", "waiting": "Bardage", "expired": "Pergola"}
    deals = {name: an_opportunity(rep, client, [a_line()], title=title) for name, title in titles.items()}
    a_quote(deals["draft"])
    a_signed_quote(deals["signed"])
    a_sent_quote(deals["waiting"])
    a_sent_quote(deals["expired"], at=clock.now() - timedelta(days=60))  # before any sweep
    reader = signed_in(rep)
    for name, title in titles.items():
        text = reader.page(f"/quotes?standing={name}").text
        assert title in text, name
        assert not [other for other in titles.values() if other != title and other in text], name
    for nothing in ("asked", "refused", "withdrawn"):
        text = reader.page(f"/quotes?standing={nothing}").text
        assert not [title for title in titles.values() if title in text], nothing
    assert all(title in reader.page("/quotes?standing=nonsense").text for title in titles.values())


def test_the_list_of_quotes_is_searched_by_number_client_and_title(signed_in, app):
    rep = a_member()
    client = a_client(rep, Standing.PROFESSIONAL, name="Crêperie Ty Breizh")
    person = a_client(rep)
    quotes = {}
    for title, whose in (("Escalier hélicoïdal", person), ("Comptoir", client)):
        quotes[title], _ = a_sent_quote(an_opportunity(rep, whose, [a_line()], title=title))
    reader = signed_in(rep)
    number = db.session.get_one(Quote, quotes["Comptoir"]).number
    for words, title in (
        ("helicoidal", "Escalier hélicoïdal"), ("creperie", "Comptoir"), ("breizh comptoir", "Comptoir"), (number.lower(), "Comptoir"),
    ):  # fmt: skip
        text = reader.page(f"/quotes?q={words}").text
        assert [each for each in quotes if each in text] == [title], words
    assert all(title in reader.page(f"/quotes?q={number[:-1]}").text for title in quotes)
    for words in ("breizh escalier", "100%25", "__"):
        assert not [title for title in quotes if title in reader.page(f"/quotes?q={words}").text], words


def test_a_search_among_quotes_is_kept_from_page_to_page(signed_in, app):
    rep = a_member()
    client = a_client(rep)
    for _ in range(PAGE + 1):
        a_quote(an_opportunity(rep, client, [a_line()], title="Pergola"))
    a_quote(an_opportunity(rep, client, [a_line()], title="Bardage"))
    reader = signed_in(rep)
    first = reader.page("/quotes?q=pergola&standing=draft")
    (onward,) = [link for link in first.links if "after=" in link]
    assert "q=pergola" in onward
    assert "standing=draft" in onward
    assert len(entries(reader, onward, "opportunities")) == 1
