"""Entering a product, and changing what is known of it. Lines that were made of it keep what they say."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask_babel import gettext

from backoffice.catalogue.models import Nature, Product, Unit, VatCategory
from backoffice.db import Bilingual
from backoffice.errors import Refusal
from backoffice.money import Vat

LONGEST_SKU = 40


class SkuTaken(Refusal):
    """``sku`` is another product's, archived ones included: papers name it."""

    def sentence(self) -> str:
        return gettext(
            "The reference %(sku)s is already another product’s. Choose another.", sku=self.facts["sku"]
        )


class ProductWithoutName(Refusal):
    def sentence(self) -> str:
        return gettext("Give this product a name in at least one language.")


@dataclass(frozen=True, kw_only=True)
class ProductFacts:
    """What was typed, checked. Price and cost per unit, without VAT; ``cost`` None when nobody knows it."""

    sku: str
    name: Bilingual
    description: Bilingual
    nature: Nature
    unit: Unit
    unit_price: Decimal
    cost: Decimal | None
    vat: Vat
    family_id: int | None = None

    @classmethod
    def blank(cls, vat: Vat) -> "ProductFacts":
        """Nothing typed yet."""
        return cls(
            sku="",
            name=Bilingual(),
            description=Bilingual(),
            nature=Nature.GOODS,
            unit=Unit.PIECE,
            unit_price=Decimal(0),
            cost=None,
            vat=vat,
        )


def new_product(facts: ProductFacts, *, at: datetime) -> Product:
    """Raises ProductWithoutName."""
    product = Product(created_at=at)
    describe_product(product, facts)
    return product


def describe_product(product: Product, facts: ProductFacts) -> None:
    """Raises ProductWithoutName."""
    if not facts.name:
        raise ProductWithoutName(sku=facts.sku)
    product.sku, product.name, product.description = facts.sku, facts.name, facts.description
    product.nature, product.unit = facts.nature, facts.unit
    product.unit_price, product.cost = facts.unit_price, facts.cost
    product.vat_category, product.vat_rate = VatCategory(facts.vat.category), facts.vat.rate
    product.family_id = facts.family_id


def facts_of(product: Product) -> ProductFacts:
    return ProductFacts(
        sku=product.sku,
        name=product.name,
        description=product.description,
        nature=product.nature,
        unit=product.unit,
        unit_price=product.unit_price,
        cost=product.cost,
        vat=Vat(product.vat_category.value, product.vat_rate),
        family_id=product.family_id,
    )
