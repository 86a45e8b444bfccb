"""The pages of prices: where a price comes from, dated prices, what prices a client's products."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.catalogue.models import Product
from backoffice.clients.models import Client, Standing
from backoffice.db import db
from backoffice.opportunities.models import OpportunityLine
from backoffice.pricing.explained import explanation_in, retyped
from backoffice.pricing.models import ProductPrice
from backoffice.quotes.models import Quote
from backoffice.seller.models import ONLY, Seller
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import (
    a_client,
    a_discount,
    a_group,
    a_list_entry,
    a_member,
    a_price_list,
    a_product,
    a_quote,
    a_seller,
    an_opportunity,
    stored_deal,
)
from tests.reader import Page


@pytest.fixture
def rep(app) -> int:
    a_seller()
    a_product()
    return a_member()


@pytest.fixture
def deal(rep) -> int:
    """An empty one, of a client in a group whose list and discount price the one product."""
    price_list = a_price_list()
    a_list_entry(price_list, 1, price="50", of="1")
    a_list_entry(price_list, 1, price="40", of="100")
    a_discount(1, "10", group_id=a_group(price_list_id=price_list))
    client = a_client(rep, Standing.PROFESSIONAL, group_id=1)
    return an_opportunity(rep, client, lines=[])


def added(reader, deal: int) -> OpportunityLine:
    page = f"/opportunities/{deal}"
    answer = reader.submit(page, {"adding": "POSE-H", "act": "product"}, f"{page}/lines")
    assert answer.status_code == 303
    return last_line(deal)


def last_line(deal: int) -> OpportunityLine:
    """As stored; it belongs to no session and outlives requests."""
    line = stored_deal(deal).lines[-1]
    db.session.expunge_all()
    db.session.rollback()
    return line


def test_a_product_that_is_added_costs_what_it_costs_this_client_and_carries_why(signed_in, rep, deal):
    line = added(signed_in(rep), deal)
    assert line.unit_price == 45
    assert line.explanation is not None
    price = explanation_in(line.explanation)
    assert (price.start.price, [step.off for step in price.steps], price.result) == (54, [4, 5], 45)


def test_the_page_tells_every_step_and_draws_it(signed_in, rep, deal):
    reader = signed_in(rep)
    line = added(reader, deal)
    answer = reader.get(f"/lines/{line.uuid}/price")
    assert answer.status_code == 200
    text = reader.page(f"/lines/{line.uuid}/price").text
    for words in ("Tarif revendeurs", "Remise fidélité", "54,00", "−4,00", "50,00", "−5,00", "45,00"):
        assert words in text, words
    bars = re.findall(r'<rect class="(price|off|more)" x="(\d+)" y="2" width="(\d+)"', answer.text)
    assert bars == [("price", "0", "1000"), ("off", "926", "74"), ("off", "833", "93"), ("price", "0", "833")]


def test_later_changes_of_the_rules_change_nothing_that_was_copied(signed_in, rep, deal):
    reader = signed_in(rep)
    line = added(reader, deal)
    a_discount(2, "50")
    again = last_line(deal)
    assert (again.unit_price, again.explanation) == (line.unit_price, line.explanation)
    page = reader.page(f"/lines/{line.uuid}/price")
    assert "22,50" in page.text


def test_todays_price_is_taken_for_the_quantity_that_the_line_has_by_now(signed_in, rep, deal):
    reader = signed_in(rep)
    line = added(reader, deal)
    with unit_of_work() as session:
        session.get_one(OpportunityLine, line.id).quantity = Decimal(100)
    page = f"/lines/{line.uuid}/price"
    answer = reader.submit(page, {}, page)
    assert (answer.status_code, answer.location) == (303, page)
    taken = last_line(deal)
    assert taken.unit_price == 36
    assert page not in [form["action"] for form in reader.page(page).forms], "it has today’s price"
    assert explanation_in(taken.explanation).quantity == 100


def test_two_who_price_a_line_do_not_overwrite_each_other(signed_in, rep, deal):
    reader = signed_in(rep)
    line = added(reader, deal)
    a_discount(2, "50")
    page = f"/lines/{line.uuid}/price"
    opened = reader.page(page).form(page)["fields"]
    assert reader.submit(page, {}, page).status_code == 303
    assert reader.post(page, data=opened).status_code == 409


def test_a_price_typed_by_hand_is_named_with_who_typed_it(signed_in, rep, deal):
    reader = signed_in(rep)
    line = added(reader, deal)
    with unit_of_work() as session:
        row = session.get_one(OpportunityLine, line.id)
        row.unit_price = Decimal(60)
        row.explanation = retyped(row.explanation, Decimal(60), by="Nadia Lebrun", at=clock.now())
    text = reader.page(f"/lines/{line.uuid}/price").text
    assert "Nadia Lebrun" in text
    assert "45,00" in text
    assert "60,00" in text


def test_in_a_quote_of_another_currency_the_catalogues_figure_is_said_to_be_unconverted(signed_in, rep, deal):
    quote = a_quote(deal)
    with unit_of_work() as session:
        session.get_one(Quote, quote).currency = "USD"
    reader = signed_in(rep)
    line = added(reader, deal)
    assert line.unit_price == Decimal("48.6")  # the list is in euros: only the discount applies
    text = reader.page(f"/lines/{line.uuid}/price").text
    assert "EUR" in text
    assert "Tarif revendeurs" not in text
    assert "48,60" in text


def test_a_line_without_explanation_says_so(signed_in, rep):
    deal = an_opportunity(rep, a_client(rep))
    line = last_line(deal)
    assert signed_in(rep).get(f"/lines/{line.uuid}/price").status_code == 200


def test_a_line_of_somebody_elses_deal_is_not_found(signed_in, rep, deal):
    line = added(signed_in(rep), deal)
    other = signed_in(a_member(email="autre@atelier-duval.example"))
    assert other.get(f"/lines/{line.uuid}/price").status_code == 404
    assert other.get("/lines/00000000-0000-4000-8000-000000000000/price").status_code == 404


def test_a_product_that_left_the_catalogue_has_no_price_of_today(signed_in, rep, deal):
    reader = signed_in(rep)
    line = added(reader, deal)
    a_discount(2, "50")
    page = f"/lines/{line.uuid}/price"
    opened = reader.page(page).form(page)["fields"]
    with unit_of_work() as session:
        session.get_one(Product, 1).archive(at=clock.now())
    assert reader.post(page, data=opened).status_code == 422
    assert page not in [form["action"] for form in reader.page(page).forms]


PRICES = "/catalogue/1/prices"


def dated() -> list[tuple[Decimal, bool]]:
    db.session.rollback()
    db.session.expunge_all()
    rows = db.session.scalars(sa.select(ProductPrice).order_by(ProductPrice.id))
    return [(row.unit_price, row.archived_at is None) for row in rows]


def test_a_dated_price_is_entered_shown_with_the_product_and_ended(signed_in, rep):
    reader = signed_in(rep)
    today = clock.today("Europe/Paris")
    answer = reader.submit(PRICES, {"unit_price": "61,50", "valid_from": str(today)}, PRICES)
    assert (answer.status_code, answer.location) == (303, PRICES)
    assert dated() == [(Decimal("61.5"), True)]
    assert "61,50" in reader.page("/catalogue/1").text
    assert reader.submit(PRICES, {}, "/prices/dated/1/end").status_code == 303
    assert dated() == [(Decimal("61.5"), False)]
    assert "61,50" not in reader.page(PRICES).text


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"unit_price": "", "valid_from": "2026-11-01"}, "unit_price"),
        ({"unit_price": "12", "valid_from": ""}, "valid_from"),
        ({"unit_price": "12", "valid_from": "2026-11-02", "valid_to": "2026-11-01"}, "valid_to"),
        ({"unit_price": "-1", "valid_from": "2026-11-02"}, "unit_price"),
    ],
)
def test_a_dated_price_that_means_nothing_is_refused_and_comes_back(signed_in, rep, typed, wrong):
    reader = signed_in(rep)
    answer = reader.submit(PRICES, typed, PRICES)
    assert answer.status_code == 422
    fields = Page(answer.text).form(PRICES)["fields"]
    assert {name: fields[name] for name in typed} == typed
    assert f'id="{wrong}-error"' in answer.text
    assert dated() == []


def test_two_prices_that_begin_on_one_day_are_refused(signed_in, rep):
    reader = signed_in(rep)
    typed = {"unit_price": "61", "valid_from": "2026-11-01"}
    reader.submit(PRICES, typed, PRICES)
    answer = reader.submit(PRICES, typed | {"unit_price": "62"}, PRICES)
    assert answer.status_code == 422
    assert "62" in answer.text
    assert dated() == [(61, True)]
    reader.submit(PRICES, {}, "/prices/dated/1/end")
    assert reader.submit(PRICES, typed | {"unit_price": "62"}, PRICES).status_code == 303


def test_a_client_is_given_a_group_and_a_list_of_its_own(signed_in, rep):
    client = a_client(rep, Standing.PROFESSIONAL)
    group, own = a_group("Magasin", parent_id=a_group("Chaîne")), a_price_list()
    reader, page = signed_in(rep), f"/clients/{client}/prices"
    assert reader.submit(page, {"group": str(group), "price_list": str(own)}, page).status_code == 303
    row = db.session.get_one(Client, client)
    assert (row.group_id, row.price_list_id) == (group, own)
    text = reader.page(f"/clients/{client}").text
    assert "Magasin ‹ Chaîne" in text
    assert "Tarif revendeurs" in text


def test_of_two_who_change_a_clients_prices_the_second_is_shown_what_the_first_stored(signed_in, rep):
    client, group = a_client(rep, Standing.PROFESSIONAL), a_group("Magasin")
    reader, page = signed_in(rep), f"/clients/{client}/prices"
    opened = reader.page(page).form(page)["fields"]
    reader.submit(page, {"group": str(group)}, page)
    late = reader.post(page, data=opened)
    assert late.status_code == 409
    assert "Magasin" in late.text
    assert reader.post(page, data=late_fields(late.text, page)).status_code == 303


def late_fields(html: str, action: str) -> dict[str, str]:
    return Page(html).form(action)["fields"]


@pytest.mark.parametrize("typed", [{"group": "99"}, {"price_list": "99"}, {"group": "x"}])
def test_a_group_or_a_list_that_is_not_there_cannot_be_chosen(signed_in, rep, typed):
    client = a_client(rep, Standing.PROFESSIONAL)
    page = f"/clients/{client}/prices"
    answer = signed_in(rep).submit(page, typed, page)
    assert answer.status_code == (303 if typed == {"group": "x"} else 422)
    assert db.session.get_one(Client, client).group_id is None


def test_the_floor_of_margins_is_set_with_the_terms_of_the_firm(signed_in, rep):
    reader = signed_in(a_member(Role.ADMIN))
    page = "/settings/terms"
    assert reader.submit(page, {"margin_floor": "32,5 %"}, page).status_code == 303
    assert db.session.get_one(Seller, ONLY).margin_floor == Decimal("32.5")
    assert "32,5" in reader.page(page).form(page)["fields"]["margin_floor"]
    assert reader.submit(page, {"margin_floor": "101"}, page).status_code == 422
    assert reader.submit(page, {"margin_floor": ""}, page).status_code == 303
    db.session.rollback()
    db.session.expunge_all()
    assert db.session.get_one(Seller, ONLY).margin_floor is None


def test_an_accountant_reads_no_prices(signed_in, rep):
    reader = signed_in(a_member(Role.ACCOUNTANT))
    for page in (PRICES, "/prices", "/prices/groups", "/prices/discounts"):
        assert reader.get(page).status_code == 404


def test_yesterdays_price_is_not_todays(signed_in, rep, deal):
    with unit_of_work() as session:
        yesterday = clock.today("Europe/Paris") - timedelta(days=1)
        session.add(
            ProductPrice(product_id=1, unit_price=Decimal(99), valid_from=yesterday, valid_to=yesterday)
        )
    line = added(signed_in(rep), deal)
    assert line.unit_price == 45
