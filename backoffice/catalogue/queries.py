"""Looking up products."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.catalogue.models import Product
from backoffice.catalogue.search import folded
from backoffice.db import Bilingual
from backoffice.errors import Refusal

SHOWN = 12
LONGEST = 160


class NotOnSale(Refusal):
    """Taken out of the catalogue meanwhile, or never in it."""

    def sentence(self) -> str:
        return gettext(
            "This product is no longer in the catalogue. Choose another, or add a free line instead."
        )


def products_like(session: Session, words: str, *, most: int = SHOWN) -> Sequence[Product]:
    """The ``most`` products on sale that contain every word of ``words`` and fit best.

    First those whose name or reference is exactly that, then those whose begins so, then those of which a word
    does, then the others. Ranked here, not in the table, which has no folded names, from as little as that needs.
    """
    wanted = folded(words)[:LONGEST]
    if not wanted:
        return []
    query = sa.select(Product.id, Product.sku, Product.name, Product.search_text).where(
        Product.archived_at.is_(None)
    )
    for word in wanted.split():
        query = query.where(Product.search_text.contains(word, autoescape=True))
    ranked = sorted(
        (_rank(wanted, text, sku, name), sku, key) for key, sku, name, text in session.execute(query)
    )
    best = [key for _place, _sku, key in ranked[:most]]
    products = {each.id: each for each in session.scalars(sa.select(Product).where(Product.id.in_(best)))}
    return [products[key] for key in best]


def _rank(wanted: str, search_text: str, sku: str, name: Bilingual) -> int:
    """0: reference or name is this; 1: begins so; 2: has a word that does; 3: contains the words."""
    if f" {wanted}" not in f" {search_text}":  # folding takes long, and most products need none
        return 3
    names = [folded(each) for each in (sku, name.fr, name.en)]
    return 0 if wanted in names else 1 if any(each.startswith(wanted) for each in names) else 2


def products_meant(session: Session, words: str) -> Sequence[Product]:
    """The one product whose reference or name is exactly ``words``; otherwise what ``products_like`` finds.

    That is one more than SHOWN when there are more than are to be shown.
    """
    found = products_like(session, words, most=SHOWN + 1)
    wanted = folded(words)[:LONGEST]
    exact = [each for each in found if _rank(wanted, each.search_text, each.sku, each.name) == 0]
    return exact if len(exact) == 1 else found


def product_on_sale(session: Session, product_id: int) -> Product:
    """Raises NotOnSale."""
    product = session.scalar(
        sa.select(Product).where(Product.id == product_id, Product.archived_at.is_(None))
    )
    if product is None:
        raise NotOnSale(product=product_id)
    return product
