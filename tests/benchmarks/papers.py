"""Papers of many lines: what is on sale, working papers, and quotes whose client may choose."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.bundles.queries import WITH_PARTS
from backoffice.catalogue.models import Nature, Product, Unit
from backoffice.clients.models import Client
from backoffice.db import Bilingual
from backoffice.links.models import Channel, ClientLink
from backoffice.opportunities.bundles import add_all
from backoffice.opportunities.models import LineKind, OpportunityLine
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.pricing.models import PriceListEntry
from backoffice.seller.models import ONLY, Seller
from backoffice.work import unit_of_work
from tests import factories
from tests.benchmarks.installation import Installation

BLOCK = 10
"""Lines of a section, its heading included; in every third of them the client chooses one."""
OPTIONS = {4, 7}
"""Which lines of a section are optional."""
RANGED = {2, 7}
"""Of which lines of a section the client chooses the quantity."""


def a_catalogue(here: Installation, size: int) -> Sequence[int]:
    """Products, each of them in the client's price list, with a discount besides; their ids."""
    price_list = factories.a_price_list()
    factories.a_discount(percent="3")
    with unit_of_work() as session:
        session.get_one(Client, here.client).price_list_id = price_list
        products = [
            Product(
                sku=f"MODULE-{number}",
                name=Bilingual(f"Module {number}", f"Unit {number}"),
                description=Bilingual("Chêne massif, huilé", "Solid oak, oiled"),
                nature=Nature.GOODS,
                unit=Unit.PIECE,
                unit_price=Decimal(100 + number),
                cost=Decimal(60 + number),
                vat_rate=Decimal(20),
                created_at=factories.PAST,
            )
            for number in range(size)
        ]
        session.add_all(products)
        session.flush()
        session.add_all(
            PriceListEntry(
                price_list_id=price_list,
                product_id=product.id,
                discount=Decimal(5),
                valid_from=factories.PAST.date(),
            )
            for product in products
        )
        return [product.id for product in products]


def add_products(session: Session, deal_id: int, product_ids: Sequence[int]) -> list[OpportunityLine]:
    """Inside the caller's unit of work: all is loaded that the adding of these products needs."""
    deal = deal_to_act_on(session, deal_id, sa.true())
    seller = session.get_one(Seller, ONLY)
    products = session.scalars(sa.select(Product).where(Product.id.in_(product_ids)).options(WITH_PARTS))
    wanted = [(product, Decimal(2)) for product in products]
    return add_all(session, deal, wanted, seller=seller, on=clock.today(seller.timezone))


def lines_to_choose_among(count: int) -> Iterator[OpportunityLine]:
    """Sections of firm lines, options, variants, and lines of which there may be more or fewer."""
    for number in range(count):
        section, place = divmod(number, BLOCK)
        if place == 0:
            name = Bilingual(f"Pièce {section}", f"Room {section}")
            yield OpportunityLine(kind=LineKind.SECTION, name=name, one_of=section % 3 == 2)
            continue
        line = factories.a_line(f"Module {number}", "2", f"{100 + number}.50", ("20", "10", "5.5")[place % 3])
        line.is_optional, line.is_taken = place in OPTIONS, place == max(OPTIONS)
        if place in RANGED:
            line.quantity_min, line.quantity_max = Decimal(1), Decimal(9)
        yield line


def a_long_deal(here: Installation, count: int, *, sent: bool = False) -> tuple[int, Sequence[UUID]]:
    """A deal with its quote, which the client has if ``sent``, and its lines in their order."""
    lines = list(lines_to_choose_among(count))
    deal = factories.an_opportunity(here.rep, here.client, lines)
    if sent:
        factories.a_sent_quote(deal, channel=Channel.COPIED)
    else:
        factories.a_quote(deal)
    return deal, [line.uuid for line in lines]


def a_quote_to_choose_from(here: Installation, count: int) -> ClientLink:
    deal = factories.an_opportunity(here.rep, here.client, list(lines_to_choose_among(count)))
    _quote, link = factories.a_sent_quote(deal, channel=Channel.COPIED)
    return link
