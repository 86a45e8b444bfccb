"""Cost, margin, notes and the reasons of a price are the firm's: no client, no paper, no export of the books has them."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.accounting.span import Span
from backoffice.accounting.table import table_rows
from backoffice.catalogue.models import Product
from backoffice.db import db
from backoffice.invoices.models import Invoice
from backoffice.opportunities.lines import add_product
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.orders.models import OrderLine
from backoffice.pricing.deals import price_in_deal
from backoffice.pricing.models import ProductPrice
from backoffice.quotes.models import QuoteVersion
from backoffice.work import unit_of_work
from tests.factories import (
    PAST,
    a_discount,
    a_product,
    a_sent_quote,
    a_signed_quote,
    an_invoice,
    an_opportunity,
    order_of,
    somebody,
)
from tests.house import portal_addresses, token_of

SECRET = ("cost", "margin", "explanation", "floor", "internal")
MARKS = (
    "7654",
    "7 654",
    "7\u202f654",
    "7,654",
    "Remise-Zéphyrine",
    "Note-Hippolyte",
    "8765",
    "8 765",
    "8\u202f765",
    "8,765",
)
"""The cost, the name of the discount, the internal note and the list price: each would be seen if it were shown."""


@pytest.fixture
def deal(app) -> int:
    """One line: it costs 7 654 and is sold at 8 000 instead of 8 765."""
    deal = an_opportunity(lines=[])
    product = a_product(price="8765")
    a_discount(1, "8.73", name="Remise-Zéphyrine")
    with unit_of_work() as session:
        row, sold = deal_to_act_on(session, deal, sa.true()), session.get_one(Product, product)
        sold.cost = Decimal(7654)
        session.add(ProductPrice(product_id=product, unit_price=Decimal(8765), valid_from=PAST.date()))
        session.flush()
        line = add_product(row, sold, price_in_deal(session, row, sold, on=clock.today("Europe/Paris")))
        line.internal_note = "Note-Hippolyte"
    return deal


def names_in(content: object) -> Iterator[str]:
    if isinstance(content, dict):
        for name, value in content.items():
            yield name
            yield from names_in(value)
    elif isinstance(content, list):
        for value in content:
            yield from names_in(value)


def test_no_page_of_the_client_has_them(app, client, deal):
    _, link = a_sent_quote(deal)
    seen = [client.get(address).text for address in portal_addresses(app, token_of(link))]
    assert any("Pose sur site" in page for page in seen)
    assert [mark for mark in MARKS for page in seen if mark in page] == []


def test_the_document_has_none_of_them(app, signed_in, deal):
    quote, _ = a_sent_quote(deal)
    document = signed_in(somebody()).get(f"/quotes/{quote}/preview").text
    assert "Pose sur site" in document
    assert [mark for mark in MARKS if mark in document] == []


def test_what_is_frozen_for_client_order_and_invoice_has_no_name_for_them(deal):
    _, _, signature = a_signed_quote(deal)
    an_invoice(order_of(signature), issued=True)
    db.session.rollback()
    version = db.session.scalars(sa.select(QuoteVersion)).one()
    invoice = db.session.scalars(sa.select(Invoice).where(Invoice.content.is_not(None))).one()
    for row in (version, invoice):
        assert [name for name in names_in(row.read()) if any(word in name for word in SECRET)] == []
        assert [mark for mark in MARKS if mark in row.content.decode()] == []
    columns = {*sa.inspect(OrderLine).columns.keys()}
    assert [name for name in columns if any(word in name for word in SECRET)] == []


def test_the_books_have_no_column_for_them(deal):
    _, _, signature = a_signed_quote(deal)
    an_invoice(order_of(signature), issued=True)
    today = clock.today("Europe/Paris")
    rows = list(table_rows(db.session(), Span(today, today), today=today))
    assert len(rows) == 2
    words = " ".join(str(cell) for row in rows for cell in row)
    assert [mark for mark in MARKS if mark in words] == []
    assert not any(word in words.casefold() for word in ("coût", "marge", "cost", "margin"))
