"""Products from a table. A product is known by its reference."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.bundles.composing import WantedPart, check_parts, compose, parts_of
from backoffice.bundles.queries import WITH_PARTS, parts_in_use
from backoffice.bundles.written import PartUnknown, parts_in
from backoffice.catalogue.cells import Cells, bundle_kind, is_archived, read, reference_in, told
from backoffice.catalogue.columns import COLUMNS
from backoffice.catalogue.images import known_images
from backoffice.catalogue.models import BundleAs, Product, VatCategory
from backoffice.catalogue.products import ProductFacts, describe_product, facts_of, new_product
from backoffice.errors import Refusal
from backoffice.families.naming import FamiliesByName
from backoffice.imports.subjects import Fault, Outcome, Record, Setting
from backoffice.money import Vat
from backoffice.opportunities.lines import usual_vat
from backoffice.opportunities.queries import vat_rates_in_force
from backoffice.seller.models import ONLY, Seller
from backoffice.tabular.columns import Column

Parts = list[tuple[str, Decimal]]


class UnknownImage(Refusal):
    def sentence(self) -> str:
        return gettext(
            "No picture with this SHA-256 is kept here. "
            "Leave the cell empty, and add the picture on the product’s page."
        )


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a row says of a product, all of it."""

    facts: ProductFacts
    kind: BundleAs | None
    parts: Parts
    image: str | None
    archived: bool

    @classmethod
    def stored(cls, product: Product) -> "Row":
        return cls(
            facts=facts_of(product),
            kind=product.bundle_as,
            parts=listed(product),
            image=product.image_sha256,
            archived=product.archived_at is not None,
        )


def listed(product: Product) -> Parts:
    """Of a product loaded with its parts."""
    return [(each.product.sku, each.quantity) for each in parts_of(product)]


class Products:
    name = "products"
    columns: tuple[Column, ...] = COLUMNS
    makes_missing = _("Make families that do not exist yet")

    def missing(self, fields: frozenset[str]) -> list[Column]:
        """A table that only names known products and what changes of them is enough."""
        return [column for column in COLUMNS if column.name == "sku" and column.name not in fields]

    def group(self, cells: Cells) -> str:
        return ""

    def keys(self, record: Record) -> list[tuple[str, str]]:
        sku = reference_in(record.rows[0])
        return [(sku, "sku")] if sku else []

    def deal_with(self, session: Session, records: Sequence[Record], setting: Setting) -> list[Outcome]:
        chunk = Chunk(session, records, setting)
        return [chunk.deal_with(record) for record in records]


class Chunk:
    """Rows that are dealt with together, and all that is stored of what they name."""

    def __init__(self, session: Session, records: Sequence[Record], setting: Setting) -> None:
        self._session, self._setting = session, setting
        rows = [record.rows[0] for record in records]
        named = {reference_in(cells) for cells in rows}
        self._products = self._found(
            named | {sku for cells in rows for sku, _quantity in self._listed(cells)}
        )
        self._used = parts_in_use(session, {each.id for each in self._products.values()})
        self._families = FamiliesByName(session, makes_missing=setting.makes_missing, write=setting.write)
        self._images = known_images(session, {cells.get("image", "").strip().lower() for cells in rows})
        self._tried: dict[str, Product] = setting.usual["tried"]

    def deal_with(self, record: Record) -> Outcome:
        cells, faults = record.rows[0], record.faults[0]
        product = self._products.get(reference_in(cells))
        before = Row.stored(product) if product is not None else None
        row = self._read(cells, before, faults)
        if faults or row is None:
            return Outcome.WRONG
        if row == before:
            return Outcome.UNCHANGED
        wanted = self._wanted(row, product, faults)
        if faults:
            return Outcome.WRONG
        self._keep(row, product, wanted)
        return Outcome.NEW if product is None else Outcome.CHANGED

    def _found(self, skus: set[str]) -> dict[str, Product]:
        """Locked when something is to be stored: none of them becomes a bundle meanwhile."""
        query = sa.select(Product).where(Product.sku.in_(skus)).options(WITH_PARTS).order_by(Product.id)
        if self._setting.write:
            query = query.with_for_update(of=Product)
        return {product.sku: product for product in self._session.scalars(query)}

    def _listed(self, cells: Cells) -> Parts:
        """The parts that a row names; none when they cannot be read, which is said later."""
        try:
            return parts_in(cells.get("parts", ""), self._setting.numbers)
        except Refusal:
            return []

    def _read(self, cells: Cells, before: Row | None, faults: list[Fault]) -> Row | None:
        """None when something is wrong, which is in ``faults``."""
        facts = read(cells, before.facts if before else None, self._setting, faults)
        row = Row(
            facts=facts or ProductFacts.blank(self._setting.usual["vat"]),
            kind=bundle_kind(cells, faults, before=before.kind if before else None),
            parts=before.parts if before else [],
            image=before.image if before else None,
            archived=is_archived(cells, faults, before=before.archived if before else False),
        )
        if "parts" in cells:
            with told(faults, "parts"):
                row = replace(row, parts=parts_in(cells["parts"], self._setting.numbers))
        if "image" in cells:
            with told(faults, "image"):
                row = replace(row, image=self._image(cells["image"]))
        if "family" in cells and not faults:
            with told(faults, "family"):
                family = self._families.meant(cells["family"])
                row = replace(row, facts=replace(row.facts, family_id=family))
        return None if facts is None or faults else row

    def _image(self, text: str) -> str | None:
        digest = text.strip().lower()
        if digest and digest not in self._images:
            raise UnknownImage(image=digest[:64])
        return digest or None

    def _wanted(self, row: Row, product: Product | None, faults: list[Fault]) -> list[WantedPart]:
        """The products that the row names as parts, checked."""
        wanted = []
        with told(faults, "parts"):
            for sku, quantity in row.parts:
                part = self._products.get(sku) or self._tried.get(sku)
                if part is None:
                    raise PartUnknown(sku=sku)
                wanted.append(WantedPart(product=part, quantity=quantity))
            check_parts(
                product or new_product(row.facts, at=self._setting.at),
                row.kind,
                wanted,
                description=row.facts.description,
                is_part=product is not None and product.id in self._used,
                archived_too=True,
            )
        return wanted

    def _keep(self, row: Row, product: Product | None, wanted: list[WantedPart]) -> None:
        """Store it, or only remember it for the bundles that come after it."""
        at = self._setting.at
        if not self._setting.write:
            if product is None:
                self._tried[row.facts.sku] = _as_tried(row, at)
            return
        if product is None:
            product = new_product(row.facts, at=at)
            self._session.add(product)
            self._products[product.sku] = product
        else:
            describe_product(product, row.facts)
        if (product.bundle_as, listed(product)) != (row.kind, row.parts):
            compose(product, row.kind, wanted, is_part=product.id in self._used, archived_too=True)
            self._used |= {each.product.id for each in wanted}
        product.image_sha256 = row.image
        if row.archived != (product.archived_at is not None):
            product.archived_at = at if row.archived else None


def _as_tried(row: Row, at: datetime) -> Product:
    """A product that is not stored: what a bundle that comes after it may have as a part."""
    product = new_product(row.facts, at=at)
    product.bundle_as, product.archived_at = row.kind, at if row.archived else None
    return product


def usual(session: Session) -> dict[str, object]:
    """The VAT rates in force today, and the one that a product has unless its row says another.

    ``tried``: the products that a trial has found in order so far, by reference.
    """
    seller = session.get_one(Seller, ONLY)
    rates = vat_rates_in_force(session, seller, clock.today(seller.timezone))
    return {
        "rates": rates,
        "vat": usual_vat(rates) or Vat(VatCategory.STANDARD, Decimal(0)),
        "tried": {},
    }
