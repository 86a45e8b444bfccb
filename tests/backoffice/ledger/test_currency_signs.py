"""Dollars are never read as euros: an amount with another currency's sign is refused, and stays as it was typed."""

import pytest

from backoffice.staff.models import Role
from backoffice.typed import OtherCurrency, refuse_other_currency
from tests.backoffice.ledger.conftest import complaints
from tests.factories import a_member, a_price_list, a_product, a_quote, a_seller, stored_deal

SAID = "Les montants sont ici en EUR. Saisissez le montant dans cette monnaie, sans « $ »."


@pytest.mark.parametrize("typed", ["10", "10 €", "€10", "10 EUR", "eur 10", "10 %", ""])
def test_an_amount_in_the_own_currency_is_taken(typed):
    refuse_other_currency(typed, "EUR")


@pytest.mark.parametrize(
    ("typed", "currency"),
    [("10 $", "EUR"), ("$10", "EUR"), ("10 USD", "EUR"), ("chf 10", "EUR"), ("10 €", "JPY"), ("10 ¥", "USD")],
)
def test_an_amount_in_another_is_refused(typed, currency):
    with pytest.raises(OtherCurrency):
        refuse_other_currency(typed, currency)


@pytest.mark.parametrize("currency", ["USD", "CAD", "CLP"])
def test_several_countries_write_a_dollar(currency):
    refuse_other_currency("$ 10", currency)


@pytest.mark.parametrize(("field", "typed"), [("unit_price", "$12"), ("discount", "10 $")])
def test_a_row_says_so_and_changes_nothing(script, deal, field, typed):
    line = stored_deal(deal).lines[0]
    before = line.unit_price, line.discount_amount
    answer = script.save(0, {field: typed})
    assert (answer.status_code, SAID in complaints(answer)) == (422, True)
    line = stored_deal(deal).lines[0]
    assert (line.unit_price, line.discount_amount) == before


def test_the_whole_ledger_and_the_page_of_a_line_say_so(reader, deal):
    page = f"/opportunities/{deal}"
    answer = reader.submit(page, {"lines-0-unit_price": "$12"}, "/lines")
    assert answer.status_code == 422
    assert reader.page_of(answer).form("/lines")["fields"]["lines-0-unit_price"] == "$12"
    line = f"/lines/{stored_deal(deal).lines[0].uuid}"
    assert reader.submit(line, {"discount": "10 $"}, line).status_code == 422


def test_the_discount_on_the_whole_is_in_the_currency_of_the_quote(reader, deal):
    a_quote(deal)
    assert reader.submit(f"/opportunities/{deal}", {"discount": "10 $"}, "/quotes/").status_code == 422
    assert (
        reader.submit(
            f"/opportunities/{deal}", {"discount": "10 $", "currency": "CAD"}, "/quotes/"
        ).status_code
        == 303
    )


def test_prices_of_the_catalogue_and_of_lists_say_so(signed_in):
    a_seller()
    admin = signed_in(a_member(Role.ADMIN))
    product, euros, dollars = a_product("LAME"), a_price_list(), a_price_list("Export", currency="USD")
    wrong = {"sku": "VIS", "name_fr": "Vis", "unit_price": "12", "cost": "£5"}
    assert admin.submit("/catalogue/new", wrong, "/catalogue").status_code == 422
    assert admin.submit("/catalogue/new", wrong | {"cost": "5 €"}, "/catalogue").status_code == 303
    assert admin.submit(f"/catalogue/{product}/prices", {"unit_price": "$12"}, "/prices").status_code == 422
    entry = {"product": "LAME", "unit_price": "$12"}
    assert admin.submit(f"/prices/lists/{euros}", entry, "/entries").status_code == 422
    assert admin.submit(f"/prices/lists/{dollars}", entry, "/entries").status_code == 303
