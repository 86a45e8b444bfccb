"""Many products at once: a reference on each line, with its quantity behind a semicolon or a tab."""

import re
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.bundles.queries import WITH_PARTS
from backoffice.catalogue.models import Product
from backoffice.catalogue.queries import refuse_incomplete
from backoffice.errors import Refusal
from backoffice.opportunities.numbers import quantity

SEPARATOR = re.compile(r"\s*[;\t]\s*")
MOST_NAMED = 5


class UnknownReferences(Refusal):
    """``references``: those that no product on sale has."""

    def sentence(self) -> str:
        return gettext(
            "No product on sale has the reference %(references)s. Correct it, or take it out.",
            references=", ".join(self.facts["references"][:MOST_NAMED]),
        )


class NothingTyped(Refusal):
    def sentence(self) -> str:
        return gettext("Type a reference on each line, such as POSE-H; 4.")


def wanted(session: Session, text: str, language: str) -> list[tuple[Product, Decimal]]:
    """Products with their parts, in one statement, and how much of each: 1 unless a quantity is typed.

    Raises NothingTyped, UnknownReferences, BundleIncomplete, and as ``numbers.quantity``.
    """
    typed = [SEPARATOR.split(line.strip(), maxsplit=1) for line in text.splitlines() if line.strip()]
    if not typed:
        raise NothingTyped
    products = _on_sale(session, {cells[0] for cells in typed})
    unknown = [cells[0] for cells in typed if cells[0] not in products]
    if unknown:
        raise UnknownReferences(references=list(dict.fromkeys(unknown)))
    for product in products.values():
        refuse_incomplete(product)
    return [
        (products[cells[0]], quantity(cells[1], language)[0] if cells[1:] and cells[1] else Decimal(1))
        for cells in typed
    ]


def _on_sale(session: Session, references: set[str]) -> dict[str, Product]:
    """By what was typed: whoever types ``pose-h`` means POSE-H, unless there are both, or several like it."""
    lowered = {each.lower() for each in references}
    found = session.scalars(
        sa.select(Product)
        .where(sa.func.lower(Product.sku).in_(lowered | references), Product.archived_at.is_(None))
        .options(WITH_PARTS)
    ).all()
    exact = {product.sku: product for product in found}
    alike = {each: [product for product in found if product.sku.lower() == each] for each in lowered}
    only = {each: alike[each.lower()][0] for each in references if len(alike[each.lower()]) == 1}
    return only | exact
