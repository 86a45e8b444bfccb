"""Products from a table. A product is known by its reference."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.catalogue.columns import CODES, COLUMNS, NATURES, NO, YES
from backoffice.catalogue.models import Nature, Product, Unit, VatCategory
from backoffice.catalogue.products import (
    LONGEST_SKU,
    ProductFacts,
    describe_product,
    facts_of,
    new_product,
)
from backoffice.catalogue.search import folded
from backoffice.db import Bilingual
from backoffice.errors import Refusal
from backoffice.imports.subjects import Fault, Outcome, Record, Setting
from backoffice.money import Vat
from backoffice.opportunities.lines import usual_vat
from backoffice.opportunities.numbers import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    UNITS,
    UnknownUnit,
    percentage,
    price,
)
from backoffice.opportunities.queries import vat_rates_in_force
from backoffice.seller.models import ONLY, Seller
from backoffice.tabular.columns import Column
from backoffice.tabular.writing import figure
from backoffice.typed import line_of, text_of


class UnknownNature(Refusal):
    def sentence(self) -> str:
        return gettext("Write “goods” or “service”.")


class NotYesOrNo(Refusal):
    def sentence(self) -> str:
        return gettext("Write “yes” or “no”.")


class NoPrice(Refusal):
    def sentence(self) -> str:
        return gettext("Enter the price; 0 if it costs nothing.")


class NoReference(Refusal):
    def sentence(self) -> str:
        return gettext("Give this row a reference: by it, the product is found again.")


class VatNotInForce(Refusal):
    """``rates``: those that may be chosen."""

    def sentence(self) -> str:
        return gettext("This VAT is not in force. Use %(rates)s.", rates=self.facts["rates"])


class Products:
    name = "products"
    columns: tuple[Column, ...] = COLUMNS

    def missing(self, fields: frozenset[str]) -> list[Column]:
        """A table that only names known products and what changes of them is enough."""
        return [column for column in COLUMNS if column.name == "sku" and column.name not in fields]

    def group(self, cells: dict[str, str]) -> str:
        return ""

    def keys(self, record: Record) -> list[tuple[str, str]]:
        sku = " ".join(record.rows[0].get("sku", "").split())
        return [(sku, "sku")] if sku else []

    def deal_with(self, session: Session, records: Sequence[Record], setting: Setting) -> list[Outcome]:
        keys = [key for record in records for key, _field in self.keys(record)]
        found = session.scalars(sa.select(Product).where(Product.sku.in_(keys)))
        stored = {product.sku: product for product in found}
        return [self._one(session, record, stored, setting) for record in records]

    def _one(self, session: Session, record: Record, stored: dict[str, Product], setting: Setting) -> Outcome:
        cells, faults = record.rows[0], record.faults[0]
        product = stored.get(" ".join(cells["sku"].split()))
        before = facts_of(product) if product is not None else None
        facts = read(cells, before, setting, faults)
        archived = _archived(cells, product, faults)
        if faults or facts is None:
            return Outcome.WRONG
        if product is not None and facts == before and archived == (product.archived_at is not None):
            return Outcome.UNCHANGED
        if setting.write:
            _store(session, product, facts, archived=archived, setting=setting)
        return Outcome.NEW if product is None else Outcome.CHANGED


def _store(
    session: Session, product: Product | None, facts: ProductFacts, *, archived: bool, setting: Setting
) -> None:
    if product is None:
        product = new_product(facts, at=setting.at)
        session.add(product)
    else:
        describe_product(product, facts)
    if archived != (product.archived_at is not None):
        product.archived_at = setting.at if archived else None


def read(
    cells: dict[str, str], before: ProductFacts | None, setting: Setting, faults: list[Fault]
) -> ProductFacts | None:
    """What the row says, over what is stored or usual; None when something is wrong, which is in ``faults``."""
    numbers, given = setting.numbers, cells.keys()

    def cell(name: str, reading: Callable[[str], Any], otherwise: Any) -> Any:
        if name not in given:
            return otherwise
        try:
            return reading(cells[name])
        except Refusal as refusal:
            faults.append(Fault(column=name, sentence=refusal.sentence()))
            return otherwise

    base = before or ProductFacts(
        sku="", name=Bilingual(), description=Bilingual(), nature=Nature.GOODS, unit=Unit.PIECE,
        unit_price=Decimal(0), cost=None, vat=setting.usual["vat"],
    )  # fmt: skip
    if before is None and "unit_price" not in given:
        faults.append(Fault(column="unit_price", sentence=NoPrice().sentence()))
    name, about = base.name, base.description
    facts = replace(
        base,
        sku=cell("sku", _reference, base.sku),
        name=Bilingual(cell("name_fr", _named, name.fr), cell("name_en", _named, name.en)),
        description=Bilingual(
            cell("description_fr", _told, about.fr), cell("description_en", _told, about.en)
        ),
        nature=cell("nature", lambda text: _nature(text, base.nature), base.nature),
        unit=cell("unit", lambda text: _unit(text, base.unit), base.unit),
        unit_price=cell("unit_price", lambda text: _price(text, numbers), base.unit_price),
        cost=cell("cost", lambda text: price(text, numbers) if text.strip() else None, base.cost),
    )
    rate = cell(
        "vat_rate", lambda text: percentage(text, numbers) if text.strip() else base.vat.rate, base.vat.rate
    )
    category = cells.get("vat_category", "").strip().upper()
    vat = _vat(category, rate, base.vat, stored=before is not None, rates=setting.usual["rates"])
    if vat is None:
        known = ", ".join(
            f"{figure(rate)} %" for rate in sorted({each.rate for each in setting.usual["rates"]})
        )
        faults.append(Fault(column="vat_rate", sentence=VatNotInForce(rates=known).sentence()))
    if not facts.name and not faults:
        faults.append(
            Fault(column="name_fr", sentence=gettext("Give this product a name in at least one language."))
        )
    return None if faults or vat is None else replace(facts, vat=vat)


def _vat(category: str, rate: Decimal, own: Vat, *, stored: bool, rates: Sequence[Vat]) -> Vat | None:
    """The product's own VAT when it is meant, even if it is no longer in force; else one that is."""
    if stored and own.rate == rate and category in {"", own.category}:
        return own
    return next((each for each in rates if each.rate == rate and category in {"", each.category}), None)


def _reference(text: str) -> str:
    reference = line_of(text, most=LONGEST_SKU)
    if not reference:
        raise NoReference
    return reference


def _named(text: str) -> str:
    return line_of(text, most=LONGEST_NAME)


def _told(text: str) -> str:
    return text_of(text, most=LONGEST_DESCRIPTION)


def _price(text: str, numbers: str) -> Decimal:
    if not text.strip():
        raise NoPrice
    return price(text, numbers)


def _nature(text: str, usual: Nature) -> Nature:
    word = folded(text)
    if word and word not in NATURES:
        raise UnknownNature(typed=text[:40])
    return NATURES.get(word, usual)


def _unit(text: str, usual: Unit) -> Unit:
    word = " ".join(text.casefold().split())
    unit = UNITS.get(word) or CODES.get(word) or (usual if not word else None)
    if unit is None:
        raise UnknownUnit(word=text.strip()[:20])
    return unit


def _archived(cells: dict[str, str], product: Product | None, faults: list[Fault]) -> bool:
    before = product is not None and product.archived_at is not None
    if "archived" not in cells:
        return before
    word = folded(cells["archived"])
    if word not in YES | NO:
        faults.append(Fault(column="archived", sentence=NotYesOrNo().sentence()))
    return word in YES


def usual(session: Session) -> dict[str, object]:
    """The VAT rates in force today, and the one that a product has unless its row says another."""
    seller = session.get_one(Seller, ONLY)
    rates = vat_rates_in_force(session, seller, clock.today(seller.timezone))
    return {"rates": rates, "vat": usual_vat(rates) or Vat(VatCategory.STANDARD, Decimal(0))}
