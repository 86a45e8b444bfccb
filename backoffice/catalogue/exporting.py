"""The whole catalogue as a table that can be imported again: nothing changes by that."""

from collections.abc import Iterator

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.catalogue.columns import COLUMNS
from backoffice.catalogue.models import Nature, Product
from backoffice.language import unit_label
from backoffice.tabular.writing import figure

PIECE = 500


def product_rows(session: Session) -> Iterator[list[str]]:
    """Headings in the reader's language, then all products by reference, archived ones too."""
    natures = {Nature.GOODS: gettext("goods"), Nature.SERVICE: gettext("service")}
    yield [str(column.label) for column in COLUMNS]
    last = ""
    while True:
        # Piece by piece: a stream must not hold the whole catalogue, nor a transaction while somebody downloads.
        found = session.scalars(
            sa.select(Product).where(Product.sku > last).order_by(Product.sku).limit(PIECE)
        ).all()
        session.expunge_all()
        session.rollback()
        for product in found:
            yield [
                product.sku, product.name.fr, product.name.en, product.description.fr, product.description.en,
                natures[product.nature], unit_label(product.unit.value),
                figure(product.unit_price), figure(product.cost),
                figure(product.vat_rate), product.vat_category.value, gettext("yes") if product.archived_at else "",
            ]  # fmt: skip
        if len(found) < PIECE:
            return
        last = found[-1].sku
