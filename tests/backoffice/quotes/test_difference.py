"""What a rep is told about the next version against the one that the client has."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.clients.models import Contact
from backoffice.db import Bilingual
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.quotes.difference import Difference, difference
from backoffice.quotes.queries import paper_of, quote_to_act_on
from backoffice.seller.models import ONLY, Seller
from backoffice.work import unit_of_work
from tests.factories import a_line, a_sent_quote
from tests.reader import Page

SAME = Difference(lines=0, order=False, paper=False)
ELSE = Difference(lines=0, order=False, paper=True)


def seen(quote, deal, session):
    deal.contact.name = "Camille Moreau"


def removed(quote, deal, session):
    deal.contact = None


def halved(quote, deal, session):
    quote.discount = Decimal(50)


def retitled(quote, deal, session):
    quote.title = Bilingual("Autre chose", "")


def prolonged(quote, deal, session):
    quote.valid_until += timedelta(days=1)


def moved(quote, deal, session):
    session.get_one(Seller, ONLY).iban = "FR1420041010050500013M02606"


def swapped(quote, deal, session):
    deal.lines.reverse()


def added(quote, deal, session):
    line = a_line("Pose")
    line.position = 2
    deal.lines.append(line)


def priced(quote, deal, session):
    deal.lines[0].unit_price += 1


@pytest.mark.parametrize("database", ["sqlite"])  # nothing here is asked of it
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (None, SAME), (seen, ELSE), (removed, ELSE), (halved, ELSE), (retitled, ELSE), (prolonged, ELSE), (moved, ELSE),
        (swapped, Difference(lines=0, order=True, paper=False)),
        (added, Difference(lines=1, order=False, paper=False)),
        (priced, Difference(lines=1, order=False, paper=False)),
    ],
)  # fmt: skip
def test_whatever_the_client_would_read_differently_is_told(app, change, told):
    quote_id, _ = a_sent_quote()
    with unit_of_work() as session:
        quote = quote_to_act_on(session, quote_id)
        deal = deal_to_act_on(session, quote.opportunity_id, sa.true())
        assert isinstance(deal.contact, Contact)
        if change is not None:
            change(quote, deal, session)
        on = clock.day_of(clock.now() + timedelta(days=1), "Europe/Paris")
        assert quote.latest is not None
        found = difference(quote.latest, paper_of(session, quote, deal, on), on)
        session.rollback()
    assert found == told


def test_a_price_and_a_term_that_differ_are_both_told(app, signed_in):
    quote_id, _ = a_sent_quote()
    with unit_of_work() as session:
        quote = quote_to_act_on(session, quote_id)
        deal = deal_to_act_on(session, quote.opportunity_id, sa.true())
        priced(quote, deal, session)
        halved(quote, deal, session)
        owner, number = deal.owner_id, deal.id
    page = Page(signed_in(owner).get(f"/opportunities/{number}").text).text.replace("\u00a0", " ")
    assert "1 ligne diffère." in page
    assert "Autre chose que les lignes diffère" in page
