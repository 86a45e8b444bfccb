"""The cells of a row that is about a product, read over what is stored or usual."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from backoffice.catalogue.columns import BUNDLES, CODES, NATURES, NO, YES
from backoffice.catalogue.models import BundleAs, Nature, Unit
from backoffice.catalogue.products import LONGEST_SKU, ProductFacts
from backoffice.catalogue.search import folded
from backoffice.db import Bilingual
from backoffice.errors import Refusal
from backoffice.imports.subjects import Fault, Setting
from backoffice.money import Vat
from backoffice.opportunities.numbers import (
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
    UNITS,
    UnknownUnit,
    percentage,
    price,
)
from backoffice.tabular.writing import figure
from backoffice.typed import line_of, text_of

Cells = dict[str, str]


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


class UnknownBundle(Refusal):
    def sentence(self) -> str:
        return gettext("Write “one line”, “one line per part” or nothing.")


@contextmanager
def told(faults: list[Fault], column: str) -> Iterator[None]:
    """What is refused within is a fault of that column, and no error."""
    try:
        yield
    except Refusal as refusal:
        faults.append(Fault(column=column, sentence=refusal.sentence()))


def reference_in(cells: Cells) -> str:
    """As products are known by it."""
    return " ".join(cells.get("sku", "").split())


def read(
    cells: dict[str, str], before: ProductFacts | None, setting: Setting, faults: list[Fault]
) -> ProductFacts | None:
    """What the row says, over what is stored or usual; None when something is wrong, which is in ``faults``."""
    numbers, given = setting.numbers, cells.keys()

    def cell(name: str, reading: Callable[[str], Any], otherwise: Any) -> Any:
        if name in given:
            with told(faults, name):
                return reading(cells[name])
        return otherwise

    base = before or ProductFacts.blank(setting.usual["vat"])
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


def is_archived(cells: Cells, faults: list[Fault], *, before: bool) -> bool:
    if "archived" not in cells:
        return before
    word = folded(cells["archived"])
    if word not in YES | NO:
        faults.append(Fault(column="archived", sentence=NotYesOrNo().sentence()))
    return word in YES


def bundle_kind(cells: Cells, faults: list[Fault], *, before: BundleAs | None) -> BundleAs | None:
    if "bundle" not in cells:
        return before
    word = folded(cells["bundle"])
    if word and word not in BUNDLES:
        faults.append(Fault(column="bundle", sentence=UnknownBundle().sentence()))
    return BUNDLES.get(word)
