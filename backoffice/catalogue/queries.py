"""Looking up products."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload
from sqlalchemy.sql import ColumnElement, Select

from backoffice.bundles.queries import WITH_PARTS, archived_parts, is_whole
from backoffice.catalogue.models import Nature, Product
from backoffice.catalogue.products import SkuTaken
from backoffice.catalogue.search import LONGEST, folded, holds_words, looked_for, rank_of
from backoffice.errors import NotFound, Refusal
from backoffice.families.models import ProductFamily
from backoffice.paging import Ordering, Page, Place, page_of

SHOWN = 12
BY_SKU = Ordering((Product.sku,))
A_KEY = re.compile(r"[0-9]{1,18}")
PARENT = aliased(ProductFamily)
SEARCHED = Product.search_text.concat(sa.func.coalesce(ProductFamily.search_text, "")).concat(
    sa.func.coalesce(PARENT.search_text, "")
)
"""Of a product ``in_families``: reference, names, and those of its family and the one around that."""


class NotOnSale(Refusal):
    """Taken out of the catalogue meanwhile, or never in it."""

    def sentence(self) -> str:
        return gettext(
            "This product is no longer in the catalogue. Choose another, or add a free line instead."
        )


class BundleIncomplete(NotOnSale):
    """``product``: its reference; ``parts``: those of what is archived."""

    def sentence(self) -> str:
        return gettext(
            "The bundle %(sku)s cannot be offered: %(parts)s is archived. Restore it, or change the bundle.",
            sku=self.facts["product"],
            parts=", ".join(self.facts["parts"]),
        )


class Shelf(StrEnum):
    """Which products a list shows."""

    ON_SALE = "on_sale"
    ARCHIVED = "archived"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list of products is narrowed to; ``nature`` None for both, ``family`` with those within it."""

    words: str = ""
    nature: Nature | None = None
    shelf: Shelf = Shelf.ON_SALE
    family: int | None = None

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> "Wanted":
        """From the query of an address; what it does not know narrows nothing."""
        nature, shelf = arguments.get("nature", ""), arguments.get("shelf", "")
        family = arguments.get("family", "")
        return cls(
            words=looked_for(arguments.get("q", "")),
            nature=Nature(nature) if nature in set(Nature) else None,
            shelf=Shelf(shelf) if shelf in set(Shelf) else Shelf.ON_SALE,
            family=int(family) if A_KEY.fullmatch(family) else None,
        )

    def arguments(self) -> dict[str, str]:
        """For the address of another page of the same list."""
        shelf = "" if self.shelf is Shelf.ON_SALE else self.shelf.value
        given = {
            "q": self.words,
            "nature": self.nature.value if self.nature else "",
            "shelf": shelf,
            "family": str(self.family or ""),
        }
        return {name: value for name, value in given.items() if value}

    @property
    def narrows(self) -> bool:
        return bool(self.arguments())


def in_families(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """``query`` of products with their families beside them."""
    with_family = query.outerjoin(ProductFamily, ProductFamily.id == Product.family_id)
    return with_family.outerjoin(PARENT, PARENT.id == ProductFamily.parent_id)


def products_listed(session: Session, wanted: Wanted, place: Place) -> Page:
    """By reference, with their families; each word must be in reference, name or family."""
    conditions: list[ColumnElement[bool]] = [holds_words(SEARCHED, folded(wanted.words))]
    if wanted.nature is not None:
        conditions.append(Product.nature == wanted.nature)
    if wanted.family is not None:
        conditions.append(sa.or_(ProductFamily.id == wanted.family, ProductFamily.parent_id == wanted.family))
    if wanted.shelf is not Shelf.ALL:
        archived = Product.archived_at.is_not(None)
        conditions.append(archived if wanted.shelf is Shelf.ARCHIVED else ~archived)
    with_family = contains_eager(Product.family).contains_eager(ProductFamily.parent.of_type(PARENT))
    query = in_families(sa.select(Product)).where(*conditions).options(with_family)
    return page_of(session, query, BY_SKU, place)


def products_like(
    session: Session, words: str, *, most: int = SHOWN, as_parts: bool = False
) -> Sequence[Product]:
    """The ``most`` products on sale that contain every word of ``words`` and fit best; ``as_parts``: no bundles.

    First those whose name or reference is exactly that, then those whose begins so, then those of which a word
    does, then the others.
    """
    return [product for product, _rank in _ranked(session, words, most, as_parts=as_parts)]


def products_meant(session: Session, words: str) -> Sequence[Product]:
    """The one product whose reference or name is exactly ``words``; otherwise what ``products_like`` finds.

    That is one more than SHOWN when there are more than are to be shown.
    """
    found = _ranked(session, words, SHOWN + 1)
    exact = [product for product, rank in found if rank == 0]
    return exact if len(exact) == 1 else [product for product, _rank in found]


def _ranked(session: Session, words: str, most: int, *, as_parts: bool = False) -> list[tuple[Product, int]]:
    """Keys first, from the columns that are searched; whole products, with their families, only of those shown.

    A family's name finds its products, behind those whose own words are looked for. A bundle that lacks a part
    is not offered.
    """
    wanted = folded(words)[:LONGEST].strip()
    if not wanted:
        return []
    rank = rank_of(Product.search_text, wanted)
    best = (
        in_families(sa.select(Product.id, rank.label("rank")))
        .where(Product.archived_at.is_(None), holds_words(SEARCHED, wanted))
        .where(Product.bundle_as.is_(None) if as_parts else is_whole())
        .order_by(rank, Product.sku)
        .limit(most)
        .subquery()
    )
    rows = session.execute(
        sa.select(Product, best.c.rank)
        .join(best, best.c.id == Product.id)
        .options(joinedload(Product.family).joinedload(ProductFamily.parent))
        .order_by(best.c.rank, Product.sku)
    )
    return [(product, place) for product, place in rows]


def product_named(session: Session, words: str, *, picked: int | None = None) -> Product | None:
    """The product that was picked, or has exactly this reference, or else is meant by ``words`` alone."""
    if picked is not None:
        return session.get(Product, picked)
    words = looked_for(words)
    exact = session.scalar(sa.select(Product).where(Product.sku == words))
    if exact is not None:
        return exact
    found = products_meant(session, words)
    return found[0] if len(found) == 1 else None


def product_on_sale(session: Session, product_id: int) -> Product:
    """With its parts. Raises NotOnSale, BundleIncomplete."""
    on_sale = sa.select(Product).where(Product.id == product_id, Product.archived_at.is_(None))
    product = session.scalar(on_sale.options(WITH_PARTS))
    if product is None:
        raise NotOnSale(product=product_id)
    refuse_incomplete(product)
    return product


def refuse_incomplete(product: Product) -> None:
    """Of a product loaded with its parts. Raises BundleIncomplete."""
    lacking = archived_parts(product)
    if lacking:
        raise BundleIncomplete(product=product.sku, parts=[each.sku for each in lacking])


def product_of(session: Session, product_id: int) -> Product:
    """Archived ones too, with family and parts. Raises NotFound."""
    with_family = joinedload(Product.family).joinedload(ProductFamily.parent)
    query = sa.select(Product).where(Product.id == product_id)
    product = session.scalar(query.options(with_family, WITH_PARTS))
    if product is None:
        raise NotFound(product=product_id)
    return product


def refuse_taken_sku(session: Session, sku: str, *, besides: int | None = None) -> None:
    """Raises SkuTaken."""
    other = session.scalar(sa.select(Product.id).where(Product.sku == sku, Product.id != (besides or 0)))
    if other is not None:
        raise SkuTaken(sku=sku)
