"""What the demonstration company sells: its catalogue with pictures, families and bundles, and who pays what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.bundles.composing import WantedPart, compose
from backoffice.catalogue.images import fitted, show_image
from backoffice.catalogue.models import Product, VatCategory
from backoffice.clients.models import Client
from backoffice.db import Bilingual
from backoffice.demonstration.company import (
    BUNDLES,
    FAMILIES,
    GROUP,
    GROUP_WITHIN,
    LIST_PRICES,
    MEMBERS,
    NEXT_YEAR,
    PRICE_LIST,
    REDUCTIONS,
    WARES,
    Ware,
)
from backoffice.documents.archive import Archive
from backoffice.families.models import ProductFamily
from backoffice.pricing.models import ClientGroup, DiscountLevel, PriceList, PriceListEntry, ProductPrice

PICTURES = Path(__file__).with_name("pictures")


@dataclass(frozen=True)
class Picture:
    sku: str
    sha256: str
    media_type: str
    size: int


def archived_pictures(archive: Archive) -> list[Picture]:
    """Of the products that have one. Slow: to be called before the transaction."""
    found = []
    for path in sorted(PICTURES.iterdir()):
        data, media_type = fitted(path.read_bytes())
        found.append(Picture(path.stem, archive.keep(data), media_type, len(data)))
    return found


def add_catalogue(session: Session, pictures: Sequence[Picture], *, at: datetime) -> None:
    products = {ware.sku: _product(ware, at) for ware in WARES}
    families: dict[str, ProductFamily] = {}
    for each in FAMILIES:
        family = ProductFamily(name=Bilingual(each.fr, each.en), parent=families.get(each.within))
        families[each.fr] = family
        for sku in each.skus:
            products[sku].family = family
    session.add_all([*families.values(), *products.values()])
    for bundle in BUNDLES:
        wanted = [
            WantedPart(product=products[sku], quantity=Decimal(quantity)) for sku, quantity in bundle.parts
        ]
        compose(products[bundle.sku], bundle.kind, wanted, is_part=False)
    session.flush()  # prices and pictures name products by id
    for picture in pictures:
        shown = products[picture.sku]
        show_image(session, shown, picture.sha256, media_type=picture.media_type, size=picture.size, at=at)


def add_prices(session: Session, clients: Mapping[str, Client], *, at: datetime) -> None:
    """``clients``: by their keys in the tables; stored together with what they pay."""
    products = {product.sku: product for product in session.scalars(sa.select(Product))}
    today = at.date()
    price_list = PriceList(name=PRICE_LIST, currency="EUR")
    session.add(price_list)
    session.flush()  # groups and entries name it by id
    around = ClientGroup(name=GROUP, price_list_id=price_list.id)
    session.add(around)
    session.flush()
    within = ClientGroup(name=GROUP_WITHIN, parent_id=around.id)
    session.add(within)
    session.flush()
    for key in MEMBERS:
        clients[key].group_id = within.id
    session.add_all(
        PriceListEntry(
            price_list_id=price_list.id,
            product_id=products[each.sku].id,
            from_quantity=Decimal(each.from_quantity),
            unit_price=Decimal(each.price) if each.price else None,
            discount=Decimal(each.discount) if each.discount else None,
            valid_from=date(today.year, 1, 1),
        )
        for each in LIST_PRICES
    )
    session.add_all(
        DiscountLevel(
            level=each.level,
            name=each.name,
            percent=Decimal(each.percent),
            client_id=clients[each.buyer].id if each.buyer else None,
            product_id=products[each.sku].id if each.sku else None,
            valid_from=date(today.year, 1, 1),
        )
        for each in REDUCTIONS
    )
    session.add_all(
        ProductPrice(
            product_id=products[sku].id, unit_price=Decimal(price), valid_from=date(today.year + 1, 1, 1)
        )
        for sku, price in NEXT_YEAR
    )


def _product(ware: Ware, at: datetime) -> Product:
    return Product(
        sku=ware.sku,
        name=Bilingual(ware.fr, ware.en),
        description=Bilingual(ware.about_fr, ware.about_en),
        nature=ware.nature,
        unit=ware.unit,
        unit_price=Decimal(ware.price),
        cost=Decimal(ware.cost),
        vat_category=VatCategory.STANDARD,
        vat_rate=Decimal(ware.vat),
        created_at=at,
        parts=[],
    )
