"""What could never be signed, because no order could hold it, is not sent."""

from decimal import Decimal

import pytest

from backoffice.money import Recurrence
from backoffice.quotes.refusals import TotalTooHigh
from tests.factories import a_client, a_further_link, a_line, a_member, a_quote, a_seller, an_opportunity


@pytest.mark.parametrize(("price", "goes"), [("999999", True), ("1000001", False)])
def test_a_quote_of_a_billion_and_more_is_not_sent(app, price, goes):
    a_seller()
    rep = a_member()
    quote = a_quote(an_opportunity(rep, a_client(rep), [a_line(quantity="1000000", price=price, vat="0")]))
    if goes:
        assert a_further_link(quote).id
    else:
        with pytest.raises(TotalTooHigh):
            a_further_link(quote)


@pytest.mark.parametrize(
    "more",
    [
        {"is_optional": True},
        {"is_optional": True, "recurrence": Recurrence.YEARLY},
        {"quantity": Decimal(1), "quantity_min": Decimal(1), "quantity_max": Decimal(1_000_000)},
    ],
    ids=["an option", "an option every year", "a quantity"],
)
def test_what_the_client_might_choose_counts_too(app, more):
    a_seller()
    rep = a_member()
    line = a_line(quantity="1000000", price="1000001", vat="0")
    for name, value in more.items():
        setattr(line, name, value)
    quote = a_quote(an_opportunity(rep, a_client(rep), [a_line(), line]))
    with pytest.raises(TotalTooHigh):
        a_further_link(quote)
