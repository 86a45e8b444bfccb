"""A deal that was ordered is worth what was ordered, whatever its lines say since."""

from decimal import Decimal

import sqlalchemy as sa

from backoffice.opportunities.queries import deal_to_act_on
from backoffice.quotes.queries import quote_to_act_on
from backoffice.work import unit_of_work
from tests.factories import a_signed_quote
from tests.reader import Page


def test_board_and_deal_tell_what_was_ordered(app, signed_in):
    quote, _, _ = a_signed_quote()
    with unit_of_work() as session:
        deal = deal_to_act_on(session, quote_to_act_on(session, quote).opportunity_id, sa.true())
        deal.lines[0].unit_price += Decimal(500)
        owner, number = deal.owner_id, deal.id
    rep = signed_in(owner)
    assert "Montant HT3 512,00 €" in Page(rep.get(f"/opportunities/{number}").text).text
    board = Page(rep.get("/opportunities").text).text
    assert ("3 512,00 €" in board, "4 012,00 €" in board) == (True, False)


def test_a_client_picked_in_the_list_is_posted_once(app, signed_in):
    a_signed_quote()
    page = signed_in(1).get("/opportunities/new").text
    assert page.count('name="client_id"') == 1
