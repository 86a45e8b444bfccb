"""What a product costs a client, from the tables."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from backoffice.catalogue.models import Product
from backoffice.clients.models import Client, Standing
from backoffice.db import Bilingual, db
from backoffice.pricing.cascade import Explained, Origin
from backoffice.pricing.models import (
    ClientGroup,
    DiscountLevel,
    PriceList,
    PriceListEntry,
    ProductPrice,
)
from backoffice.pricing.queries import ONE, price_of, rules_for
from backoffice.work import unit_of_work
from tests.factories import (
    PAST,
    a_client,
    a_discount,
    a_group,
    a_list_entry,
    a_member,
    a_price_list,
    a_product,
    a_seller,
)

TODAY = date(2026, 11, 22)


@pytest.fixture
def shop(app) -> int:
    """A client of nothing special; the product POSE-H costs 54."""
    a_seller()
    a_product()
    return a_client(a_member(), Standing.PROFESSIONAL)


def placed(client: int, **terms: int | None) -> None:
    with unit_of_work() as session:
        row = session.get_one(Client, client)
        for name, value in terms.items():
            setattr(row, name, value)


def price(client: int, quantity: str = "1", *, on: date = TODAY, currency: str = "EUR") -> Explained:
    session = db.session()
    product = session.scalars(sa.select(Product).where(Product.sku == "POSE-H")).one()
    found = price_of(
        session,
        product,
        session.get_one(Client, client),
        quantity=Decimal(quantity),
        on=on,
        currency=currency,
    )
    db.session.rollback()
    db.session.expunge_all()
    return found


def test_a_client_of_nothing_special_pays_the_catalogues_price(shop):
    assert (price(shop).result, price(shop).start.origin) == (54, Origin.PRODUCT)


def test_a_shop_inherits_the_prices_of_its_region_and_of_its_chain(shop):
    chain_list, region_list = a_price_list("Chaîne"), a_price_list("Région")
    a_list_entry(chain_list, 1, price="50")
    chain = a_group("Chaîne", price_list_id=chain_list)
    region = a_group("Région", parent_id=chain)
    placed(shop, group_id=a_group("Magasin", parent_id=region))
    assert price(shop).result == 50
    with unit_of_work() as session:
        session.get_one(ClientGroup, region).price_list_id = region_list
    assert price(shop).result == 50, "what the region's list does not say, the chain's does"
    a_list_entry(region_list, 1, price="49")
    assert price(shop).result == 49
    own = a_price_list("Magasin")
    a_list_entry(own, 1, price="48")
    placed(shop, price_list_id=own)
    assert price(shop).result == 48
    assert price(shop).steps[0].name.fr == "Magasin"


def test_quantity_breaks_come_from_the_list(shop):
    own = a_price_list()
    a_list_entry(own, 1, price="50")
    a_list_entry(own, 1, price="45", of="10")
    placed(shop, price_list_id=own)
    assert [price(shop, quantity).result for quantity in ("9.9999", "10", "1000")] == [50, 45, 45]


def test_a_list_in_another_currency_does_not_apply_and_is_not_spoken_of(shop):
    own = a_price_list(currency="USD")
    a_list_entry(own, 1, price="60")
    placed(shop, price_list_id=own)
    in_euros = price(shop)
    assert (in_euros.result, in_euros.steps, in_euros.start.currency) == (54, (), None)
    in_dollars = price(shop, currency="USD")
    assert (in_dollars.result, in_dollars.start.origin) == (60, Origin.PRICE_LIST)
    in_francs = price(shop, currency="CHF")
    assert (in_francs.result, in_francs.start.currency) == (54, "EUR")


def test_archived_lists_ended_entries_and_other_days_decide_nothing(shop):
    archived, own = a_price_list("Ancien"), a_price_list("Tarif")
    a_list_entry(archived, 1, price="1")
    later = a_list_entry(own, 1, price="2", valid_from=TODAY + timedelta(days=1))
    over = a_list_entry(own, 1, price="3", of="1", valid_to=TODAY - timedelta(days=1))
    ended = a_list_entry(own, 1, price="4", of="0.5")
    with unit_of_work() as session:
        session.get_one(PriceList, archived).archive(PAST)
        session.get_one(PriceListEntry, ended).end(PAST)
    placed(shop, price_list_id=own, group_id=a_group(price_list_id=archived))
    assert price(shop).result == 54
    assert price(shop, on=TODAY + timedelta(days=1)).result == 2
    assert price(shop, on=TODAY - timedelta(days=1)).result == 3
    assert later != over


def test_discounts_of_client_group_and_everybody_follow_one_another_by_level(shop):
    placed(shop, group_id=a_group("Magasin", parent_id=a_group("Chaîne")))
    a_discount(1, "10", name="Tous")
    a_discount(2, "5", name="Chaîne", group_id=1)
    a_discount(3, "20", name="Client", client_id=shop)
    a_discount(4, "50", name="Autre produit", product_id=a_product("AUTRE"))
    found = price(shop)
    assert [step.name.fr for step in found.steps] == ["Tous", "Chaîne", "Client"]
    assert found.result == Decimal("36.936")


def test_of_one_level_the_clients_own_discount_replaces_the_groups(shop):
    placed(shop, group_id=a_group())
    a_discount(1, "30")
    a_discount(1, "20", group_id=1)
    assert price(shop).result == Decimal("43.2")
    a_discount(1, "10", client_id=shop)
    assert price(shop).result == Decimal("48.6")


def test_the_discount_of_another_client_or_group_is_none_of_ours(shop):
    other = a_client(
        a_member(email="nadia@atelier-duval.example"), Standing.PROFESSIONAL, name="Café du Port"
    )
    a_discount(1, "30", client_id=other)
    a_discount(2, "30", group_id=a_group("Autres"))
    assert price(shop).result == 54


def test_a_dated_price_is_what_lists_take_their_per_cents_of(shop):
    with unit_of_work() as session:
        session.add(ProductPrice(product_id=1, unit_price=Decimal(60), valid_from=TODAY))
    own = a_price_list()
    a_list_entry(own, 1, discount="10")
    placed(shop, price_list_id=own)
    assert (price(shop).start.origin, price(shop).result) == (Origin.DATED, 54)
    assert price(shop, on=TODAY - timedelta(days=1)).result == Decimal("48.6")


def statements(act) -> list[str]:
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return seen


def test_a_thousand_products_take_as_many_statements_as_one(shop):
    own = a_price_list()
    placed(shop, price_list_id=own, group_id=a_group(parent_id=a_group("Chaîne")))
    more = [a_product(f"P-{number}", price=str(number)) for number in range(40)]
    for key in more:
        a_list_entry(own, key, discount="10")
    session = db.session()
    client = session.get_one(Client, shop)
    products = session.scalars(sa.select(Product).order_by(Product.id)).all()
    found = {}

    def priced(some):
        tariff = rules_for(session, some, client, on=TODAY, currency="EUR")
        found.update({product.id: tariff.price(product, ONE) for product in some})

    one, many = statements(lambda: priced(products[:1])), statements(lambda: priced(products))
    assert len(one) == len(many) == 5
    assert {key: found[key].result for key in more} == {key: Decimal(number * 9) / 10 for number, key in enumerate(more)}  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        lambda: PriceListEntry(price_list_id=1, product_id=1, valid_from=TODAY),
        lambda: PriceListEntry(price_list_id=1, product_id=1, unit_price=Decimal(1), discount=Decimal(1), valid_from=TODAY),
        lambda: PriceListEntry(price_list_id=1, product_id=1, discount=Decimal("100.01"), valid_from=TODAY),
        lambda: PriceListEntry(price_list_id=1, product_id=1, unit_price=Decimal(1), valid_from=TODAY, valid_to=TODAY - timedelta(days=1)),
        lambda: DiscountLevel(name=Bilingual("Remise"), level=7, percent=Decimal(1), valid_from=TODAY),
        lambda: DiscountLevel(name=Bilingual("Remise"), level=1, percent=Decimal(1), client_id=1, group_id=1, valid_from=TODAY),
        lambda: ProductPrice(product_id=1, unit_price=Decimal(-1), valid_from=TODAY),
        lambda: ClientGroup(id=1, name="Boucle", parent_id=1),
    ],
    ids=["nothing", "both", "over 100", "backwards", "level 7", "two targets", "below zero", "its own parent"],
)  # fmt: skip
def test_the_tables_refuse_rules_that_say_nothing_or_two_things(shop, row):
    a_price_list()
    if not isinstance(row(), ClientGroup):
        a_group()
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.add(row())
