"""Prices that the catalogue asks on certain days."""

from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.catalogue.models import Product
from backoffice.errors import NotFound, Refusal
from backoffice.language import longdate
from backoffice.pricing.cascade import Days
from backoffice.pricing.models import ProductPrice


class PriceBegunThatDay(Refusal):
    """Two prices of one product that begin on the same day: nobody could tell which counts."""

    def sentence(self) -> str:
        return gettext(
            "Another price already begins on %(day)s. End that one first, or choose another day.",
            day=longdate(self.facts["on"]),
        )


def add_price(session: Session, product: Product, unit_price: Decimal, days: Days) -> ProductPrice:
    """Raises PriceBegunThatDay."""
    session.execute(sa.select(Product.id).where(Product.id == product.id).with_for_update())
    twin = sa.select(ProductPrice.id).where(
        ProductPrice.product_id == product.id,
        ProductPrice.valid_from == days.first,
        ProductPrice.archived_at.is_(None),
    )
    if session.scalar(twin) is not None:
        raise PriceBegunThatDay(product=product.id, on=days.first)
    price = ProductPrice(
        product_id=product.id, unit_price=unit_price, valid_from=days.first, valid_to=days.last
    )
    session.add(price)
    return price


def price_to_act_on(session: Session, price_id: int) -> ProductPrice:
    """Raises NotFound."""
    price = session.get(ProductPrice, price_id)
    if price is None:
        raise NotFound(price=price_id)
    return price
