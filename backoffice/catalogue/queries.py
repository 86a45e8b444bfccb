"""Looking up products."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from backoffice.catalogue.models import Nature, Product
from backoffice.catalogue.products import SkuTaken
from backoffice.catalogue.search import LONGEST, folded, holds_words, looked_for, rank_of
from backoffice.errors import NotFound, Refusal
from backoffice.paging import Ordering, Page, Place, page_of

SHOWN = 12
BY_SKU = Ordering((Product.sku,))


class NotOnSale(Refusal):
    """Taken out of the catalogue meanwhile, or never in it."""

    def sentence(self) -> str:
        return gettext(
            "This product is no longer in the catalogue. Choose another, or add a free line instead."
        )


class Shelf(StrEnum):
    """Which products a list shows."""

    ON_SALE = "on_sale"
    ARCHIVED = "archived"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list of products is narrowed to; ``nature`` None for both."""

    words: str = ""
    nature: Nature | None = None
    shelf: Shelf = Shelf.ON_SALE

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> "Wanted":
        """From the query of an address; what it does not know narrows nothing."""
        nature, shelf = arguments.get("nature", ""), arguments.get("shelf", "")
        return cls(
            words=looked_for(arguments.get("q", "")),
            nature=Nature(nature) if nature in set(Nature) else None,
            shelf=Shelf(shelf) if shelf in set(Shelf) else Shelf.ON_SALE,
        )

    def arguments(self) -> dict[str, str]:
        """For the address of another page of the same list."""
        shelf = "" if self.shelf is Shelf.ON_SALE else self.shelf.value
        given = {"q": self.words, "nature": self.nature.value if self.nature else "", "shelf": shelf}
        return {name: value for name, value in given.items() if value}

    @property
    def narrows(self) -> bool:
        return bool(self.arguments())


def products_listed(session: Session, wanted: Wanted, place: Place) -> Page:
    """By reference; each word must be in reference or name."""
    conditions: list[ColumnElement[bool]] = [holds_words(Product.search_text, folded(wanted.words))]
    if wanted.nature is not None:
        conditions.append(Product.nature == wanted.nature)
    if wanted.shelf is not Shelf.ALL:
        archived = Product.archived_at.is_not(None)
        conditions.append(archived if wanted.shelf is Shelf.ARCHIVED else ~archived)
    return page_of(session, sa.select(Product).where(*conditions), BY_SKU, place)


def products_like(session: Session, words: str, *, most: int = SHOWN) -> Sequence[Product]:
    """The ``most`` products on sale that contain every word of ``words`` and fit best.

    First those whose name or reference is exactly that, then those whose begins so, then those of which a word
    does, then the others.
    """
    return [product for product, _rank in _ranked(session, words, most)]


def products_meant(session: Session, words: str) -> Sequence[Product]:
    """The one product whose reference or name is exactly ``words``; otherwise what ``products_like`` finds.

    That is one more than SHOWN when there are more than are to be shown.
    """
    found = _ranked(session, words, SHOWN + 1)
    exact = [product for product, rank in found if rank == 0]
    return exact if len(exact) == 1 else [product for product, _rank in found]


def _ranked(session: Session, words: str, most: int) -> list[tuple[Product, int]]:
    """Keys first, from the one column that is searched; whole products only of those that are shown."""
    wanted = folded(words)[:LONGEST].strip()
    if not wanted:
        return []
    rank = rank_of(Product.search_text, wanted)
    best = (
        sa.select(Product.id, rank.label("rank"))
        .where(Product.archived_at.is_(None), holds_words(Product.search_text, wanted))
        .order_by(rank, Product.sku)
        .limit(most)
        .subquery()
    )
    rows = session.execute(
        sa.select(Product, best.c.rank).join(best, best.c.id == Product.id).order_by(best.c.rank, Product.sku)
    )
    return [(product, place) for product, place in rows]


def product_on_sale(session: Session, product_id: int) -> Product:
    """Raises NotOnSale."""
    product = session.scalar(
        sa.select(Product).where(Product.id == product_id, Product.archived_at.is_(None))
    )
    if product is None:
        raise NotOnSale(product=product_id)
    return product


def product_of(session: Session, product_id: int) -> Product:
    """Archived ones too. Raises NotFound."""
    product = session.get(Product, product_id)
    if product is None:
        raise NotFound(product=product_id)
    return product


def refuse_taken_sku(session: Session, sku: str, *, besides: int | None = None) -> None:
    """Raises SkuTaken."""
    other = session.scalar(sa.select(Product.id).where(Product.sku == sku, Product.id != (besides or 0)))
    if other is not None:
        raise SkuTaken(sku=sku)
