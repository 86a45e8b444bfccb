"""Looking up products."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.catalogue.models import Product
from backoffice.catalogue.search import folded
from backoffice.errors import Refusal

SHOWN = 12


class NotOnSale(Refusal):
    """Taken out of the catalogue meanwhile, or never in it."""

    def sentence(self) -> str:
        return gettext(
            "This product is no longer in the catalogue. Choose another, or add a free line instead."
        )


def products_like(session: Session, words: str, *, most: int = SHOWN) -> Sequence[Product]:
    """Products on sale that contain every word of ``words``, those that begin so first."""
    wanted = folded(words)[:160]
    if not wanted:
        return []
    begins = Product.search_text.startswith(wanted, autoescape=True)
    query = (
        sa.select(Product)
        .where(Product.archived_at.is_(None))
        .order_by(begins.desc(), Product.sku)
        .limit(most)
    )
    for word in wanted.split():
        query = query.where(Product.search_text.contains(word, autoescape=True))
    return session.scalars(query).all()


def products_meant(session: Session, words: str) -> Sequence[Product]:
    """The one product whose reference or name is exactly ``words``; otherwise all that contain them."""
    found = products_like(session, words)
    wanted = folded(words)
    exact = [
        each for each in found if wanted in {folded(each.sku), folded(each.name.fr), folded(each.name.en)}
    ]
    return exact if len(exact) == 1 else found


def product_on_sale(session: Session, product_id: int) -> Product:
    """Raises NotOnSale."""
    product = session.scalar(
        sa.select(Product).where(Product.id == product_id, Product.archived_at.is_(None))
    )
    if product is None:
        raise NotOnSale(product=product_id)
    return product
