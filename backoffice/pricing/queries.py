"""What a product costs a client: its rules, loaded in as many statements however many products there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from backoffice.catalogue.models import Product
from backoffice.clients.models import Client
from backoffice.db import Bilingual
from backoffice.pricing.cascade import (
    DatedPrice,
    Entry,
    Explained,
    Reduction,
    Rules,
    Words,
    explained_price,
)
from backoffice.pricing.models import (
    DEEPEST,
    ClientGroup,
    DiscountLevel,
    Ending,
    PriceList,
    PriceListEntry,
    ProductPrice,
)
from backoffice.seller.models import ONLY, Seller

ONE = Decimal(1)


def price_of(
    session: Session, product: Product, client: Client, *, quantity: Decimal, on: date, currency: str
) -> Explained:
    """What one of ``product`` costs ``client`` when it takes ``quantity`` of it, and why; without VAT."""
    return rules_for(session, [product], client, on=on, currency=currency).price(product, quantity)


@dataclass(frozen=True, kw_only=True)
class Tariff:
    """The rules of some products for one client on one day, by product."""

    rules: Mapping[int, Rules]
    on: date
    currency: str
    catalogue_currency: str

    def price(self, product: Product, quantity: Decimal) -> Explained:
        return explained_price(
            product.unit_price,
            self.rules[product.id],
            quantity=quantity,
            on=self.on,
            currency=self.currency,
            catalogue_currency=self.catalogue_currency,
        )


def rules_for(
    session: Session, products: Sequence[Product], client: Client, *, on: date, currency: str
) -> Tariff:
    """Five statements. A price list in another currency than ``currency`` is not among the rules."""
    ids = {product.id for product in products}
    groups = groups_above(session, client.group_id)
    lists = _lists_by_distance(client, groups)
    prices, entries = _dated_prices(session, ids, on), _entries(session, ids, lists, on, currency)
    reductions = _reductions(session, ids, client, groups, on)
    for_all = reductions.get(None, ())
    return Tariff(
        rules={
            key: Rules(
                prices=tuple(prices.get(key, ())),
                entries=tuple(entries.get(key, ())),
                reductions=(*for_all, *reductions.get(key, ())),
            )
            for key in ids
        },
        on=on,
        currency=currency,
        catalogue_currency=session.get_one(Seller, ONLY).currency,
    )


def groups_above(session: Session, group_id: int | None) -> Sequence[tuple[int, str, int | None]]:
    """Id, name and price list of a group and of those above it, the nearest first; none without a group."""
    own = (
        sa.select(ClientGroup.id, ClientGroup.parent_id, sa.literal(1).label("distance"))
        .where(ClientGroup.id == group_id)
        .cte("above", recursive=True)
    )
    above = own.union_all(
        sa.select(ClientGroup.id, ClientGroup.parent_id, own.c.distance + 1)
        .join(own, ClientGroup.id == own.c.parent_id)
        .where(own.c.distance < DEEPEST)
    )
    rows = session.execute(
        sa.select(ClientGroup.id, ClientGroup.name, ClientGroup.price_list_id)
        .join(above, above.c.id == ClientGroup.id)
        .order_by(above.c.distance)
    )
    return [(key, name, price_list) for key, name, price_list in rows]


def _lists_by_distance(client: Client, groups: Sequence[tuple[int, str, int | None]]) -> Mapping[int, int]:
    """How near each price list is; one that is named twice counts where it is nearest."""
    named = [client.price_list_id, *(price_list for _key, _name, price_list in groups)]
    nearness: dict[int, int] = {}
    for distance, price_list in enumerate(named):
        if price_list is not None:
            nearness.setdefault(price_list, distance)
    return nearness


def _in_force(entity: type[Ending], on: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        entity.archived_at.is_(None),
        entity.valid_from <= on,
        sa.or_(entity.valid_to.is_(None), entity.valid_to >= on),
    )


def _dated_prices(session: Session, ids: Iterable[int], on: date) -> Mapping[int, list[DatedPrice]]:
    found: dict[int, list[DatedPrice]] = {}
    rows = session.scalars(
        sa.select(ProductPrice).where(ProductPrice.product_id.in_(ids), _in_force(ProductPrice, on))
    )
    for row in rows:
        dated = DatedPrice(key=row.id, price=row.unit_price, days=row.days)
        found.setdefault(row.product_id, []).append(dated)
    return found


def _entries(
    session: Session, ids: Iterable[int], lists: Mapping[int, int], on: date, currency: str
) -> Mapping[int, list[Entry]]:
    found: dict[int, list[Entry]] = {}
    rows = session.execute(
        sa.select(PriceListEntry, PriceList)
        .join(PriceList, PriceList.id == PriceListEntry.price_list_id)
        .where(
            PriceList.id.in_(lists),
            PriceList.archived_at.is_(None),
            PriceList.currency == currency,
            PriceListEntry.product_id.in_(ids),
            _in_force(PriceListEntry, on),
        )
    )
    for row, price_list in rows:
        entry = Entry(
            key=row.id,
            name=words_of(price_list.name),
            distance=lists[price_list.id],
            from_quantity=row.from_quantity,
            days=row.days,
            price=row.unit_price,
            discount=row.discount,
        )
        found.setdefault(row.product_id, []).append(entry)
    return found


def _reductions(
    session: Session,
    ids: Iterable[int],
    client: Client,
    groups: Sequence[tuple[int, str, int | None]],
    on: date,
) -> Mapping[int | None, list[Reduction]]:
    """By product; under None those of all products."""
    nearness = {key: distance for distance, (key, _name, _list) in enumerate(groups, start=1)}
    found: dict[int | None, list[Reduction]] = {}
    level = DiscountLevel
    rows = session.scalars(
        sa.select(level).where(
            sa.or_(
                level.client_id == client.id,
                level.group_id.in_(nearness),
                sa.and_(level.client_id.is_(None), level.group_id.is_(None)),
            ),
            sa.or_(level.product_id.is_(None), level.product_id.in_(ids)),
            _in_force(level, on),
        )
    )
    for row in rows:
        of_group = len(groups) + 1 if row.group_id is None else nearness[row.group_id]
        reduction = Reduction(
            key=row.id,
            name=words_of(row.name),
            level=row.level,
            distance=0 if row.client_id is not None else of_group,
            percent=row.percent,
            days=row.days,
            of_product=row.product_id is not None,
        )
        found.setdefault(row.product_id, []).append(reduction)
    return found


def words_of(name: Bilingual) -> Words:
    return Words(name.fr, name.en)


def dated_prices_of(session: Session, product_id: int) -> Sequence[ProductPrice]:
    """Those that were not ended, the last to begin first."""
    return session.scalars(
        sa.select(ProductPrice)
        .where(ProductPrice.product_id == product_id, ProductPrice.archived_at.is_(None))
        .order_by(ProductPrice.valid_from.desc())
    ).all()


def lists_offered(session: Session, *, besides: int | None = None) -> Sequence[PriceList]:
    """By French name; ``besides``: one that is chosen already, archived or not."""
    return session.scalars(
        sa.select(PriceList)
        .where(PriceList.archived_at.is_(None) | (PriceList.id == besides))
        .order_by(sa.func.lower(sa.column("name_fr")), PriceList.id)
    ).all()


def groups_offered(session: Session, *, besides: int | None = None) -> Sequence[ClientGroup]:
    """By name; ``besides``: one that is chosen already, archived or not."""
    return session.scalars(
        sa.select(ClientGroup)
        .where(ClientGroup.archived_at.is_(None) | (ClientGroup.id == besides))
        .order_by(sa.func.lower(ClientGroup.name), ClientGroup.id)
    ).all()


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What prices a client's products: its own list, its groups (the nearest first), its own discounts in force."""

    price_list: PriceList | None
    groups: Sequence[str]
    discounts: Sequence[DiscountLevel]

    def __bool__(self) -> bool:
        return bool(self.price_list or self.groups or self.discounts)


def terms_of(session: Session, client: Client, *, on: date) -> Terms:
    """Three statements at most."""
    own = None if client.price_list_id is None else session.get_one(PriceList, client.price_list_id)
    discounts = session.scalars(
        sa.select(DiscountLevel)
        .where(DiscountLevel.client_id == client.id, _in_force(DiscountLevel, on))
        .options(joinedload(DiscountLevel.product))
        .order_by(DiscountLevel.level, DiscountLevel.id)
    ).all()
    groups = [name for _key, name, _list in groups_above(session, client.group_id)]
    return Terms(price_list=own, groups=groups, discounts=discounts)
