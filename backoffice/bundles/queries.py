"""Bundles and their parts, looked up."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, selectinload
from sqlalchemy.sql import ColumnElement

from backoffice.catalogue.models import Product, ProductPart
from backoffice.errors import NotFound

WITH_PARTS = selectinload(Product.parts).joinedload(ProductPart.part)


def is_whole() -> ColumnElement[bool]:
    """Of a product: it is no bundle, or all of its parts are in the catalogue."""
    return sa.or_(Product.bundle_as.is_(None), Product.id.not_in(_lacking()))


def _lacking() -> sa.Select[Any]:
    part = aliased(Product)
    joined = sa.select(ProductPart.bundle_id).join(part, part.id == ProductPart.part_id)
    return joined.where(part.archived_at.is_not(None))


def archived_parts(product: Product) -> list[Product]:
    """Of a product loaded with its parts."""
    return [each.part for each in product.parts if each.part.archived_at is not None]


def incomplete_among(session: Session, product_ids: Collection[int]) -> set[int]:
    """Those that are bundles of which a part is archived."""
    return set(session.scalars(_lacking().where(ProductPart.bundle_id.in_(product_ids))))


def bundles_with(session: Session, product_id: int) -> Sequence[Product]:
    """The bundles that this product is a part of, by reference, archived ones too."""
    query = sa.select(Product).join(ProductPart, ProductPart.bundle_id == Product.id)
    return session.scalars(query.where(ProductPart.part_id == product_id).order_by(Product.sku)).all()


def parts_in_use(session: Session, product_ids: Collection[int]) -> set[int]:
    """Those of these products that are parts of bundles."""
    query = sa.select(ProductPart.part_id).where(ProductPart.part_id.in_(product_ids)).distinct()
    return set(session.scalars(query))


def product_to_compose(session: Session, product_id: int, part_ids: Collection[int]) -> Mapping[int, Product]:
    """The product, with its parts, and those that shall be its parts, by id, locked in the order of their ids.

    So none of them becomes a bundle at the same moment. Raises NotFound for the product itself.
    """
    query = sa.select(Product).where(Product.id.in_({product_id, *part_ids})).options(WITH_PARTS)
    found = session.scalars(query.order_by(Product.id).with_for_update(of=Product))
    products = {each.id: each for each in found}
    if product_id not in products:
        raise NotFound(product=product_id)
    return products
