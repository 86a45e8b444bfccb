"""The whole catalogue as a table that can be imported again: nothing changes by that."""

from collections.abc import Iterator
from itertools import chain

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session, joinedload

from backoffice.bundles.queries import WITH_PARTS
from backoffice.bundles.written import written_parts
from backoffice.catalogue.columns import COLUMNS
from backoffice.catalogue.models import BundleAs, Nature, Product
from backoffice.families.models import ProductFamily
from backoffice.language import current_language, unit_label
from backoffice.tabular.writing import figure

PIECE = 500
FAMILY = joinedload(Product.family).joinedload(ProductFamily.parent)


def product_rows(session: Session) -> Iterator[list[str]]:
    """Headings in the reader's language, then all products by reference, archived ones too, and the bundles last.

    So a bundle's parts are known when its row comes.
    """
    natures = {Nature.GOODS: gettext("goods"), Nature.SERVICE: gettext("service")}
    bundles = {
        None: "",
        BundleAs.ONE_LINE: gettext("one line"),
        BundleAs.EXPANDED: gettext("one line per part"),
    }
    yield [str(column.label) for column in COLUMNS]
    for product in chain(_by_sku(session, bundles=False), _by_sku(session, bundles=True)):
        yield [
            product.sku, product.name.fr, product.name.en, product.description.fr, product.description.en,
            natures[product.nature], unit_label(product.unit.value),
            figure(product.unit_price), figure(product.cost),
            figure(product.vat_rate), product.vat_category.value,
            product.family.path(current_language()) if product.family else "",
            bundles[product.bundle_as], written_parts([(each.part.sku, each.quantity) for each in product.parts]),
            product.image_sha256 or "", gettext("yes") if product.archived_at else "",
        ]  # fmt: skip


def _by_sku(session: Session, *, bundles: bool) -> Iterator[Product]:
    """Piece by piece: a stream must not hold the whole catalogue, nor a transaction while somebody downloads."""
    last = ""
    kind = Product.bundle_as.is_not(None) if bundles else Product.bundle_as.is_(None)
    while True:
        query = sa.select(Product).where(Product.sku > last, kind).options(FAMILY, WITH_PARTS)
        found = session.scalars(query.order_by(Product.sku).limit(PIECE)).all()
        session.expunge_all()
        session.rollback()
        yield from found
        if len(found) < PIECE:
            return
        last = found[-1].sku
