"""What a rep is offered while typing."""

import pytest
from flask import Flask

from tests.factories import a_member, a_product, a_seller


@pytest.mark.parametrize(("currency", "price"), [("EUR", "54,00\u00a0€"), ("CHF", "54,00\u00a0CHF")])
def test_a_product_is_offered_at_its_price_in_the_sellers_currency(
    app: Flask, signed_in, currency: str, price: str
) -> None:
    a_seller(currency=currency)
    a_product(name="Éclairage")
    answer = signed_in(a_member()).get("/catalogue/search?q=eclair")
    assert answer.status_code == 200
    assert price in answer.text.replace("\u202f", "\u00a0")
