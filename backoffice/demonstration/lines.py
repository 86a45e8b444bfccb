"""The lines of an invented deal, from the tables of ``company``."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from backoffice.catalogue.models import Product
from backoffice.db import Bilingual
from backoffice.opportunities.models import LineKind, OpportunityLine
from backoffice.pricing.cascade import Rules, explained_price
from backoffice.pricing.explained import stored_explanation

NO_RULES = Rules()
SECTION, CHOICE = "#", "#1"
"""In the place of a reference: a heading, in both languages; one of whose lines the client chooses exactly one."""
QUANTITY = re.compile(r"(?P<quantity>\d+)(?P<offer>[+-]?)(?:(?P<least>\d+)\.\.(?P<most>\d+))?")
"""``6``; ``6+`` an option that is ticked, or the chosen variant; ``6-`` one that is not; ``6+4..12``: from 4 to 12."""


def lines_of(
    wares: Iterable[tuple[str, str]], products: Mapping[str, Product], on: date
) -> list[OpportunityLine]:
    """``on``: the day whose prices count."""
    lines, in_choice = [], False
    for position, (sku, words) in enumerate(wares):
        if sku in {SECTION, CHOICE}:
            in_choice = sku == CHOICE
            name = Bilingual(*words.split("|"))
            line = OpportunityLine(
                kind=LineKind.SECTION, name=name, description=Bilingual(), one_of=in_choice
            )
        else:
            line = _item(products[sku], words, on, in_choice=in_choice)
        line.position = position
        lines.append(line)
    return lines


def _item(product: Product, words: str, on: date, *, in_choice: bool) -> OpportunityLine:
    found = QUANTITY.fullmatch(words)
    if found is None:
        raise ValueError(words)
    offer, least, most = found["offer"], found["least"], found["most"]
    quantity = Decimal(found["quantity"])
    return OpportunityLine(
        product_id=product.id,
        name=product.name,
        description=product.description,
        nature=product.nature,
        unit=product.unit,
        quantity=quantity,
        quantity_min=Decimal(least) if least else None,
        quantity_max=Decimal(most) if most else None,
        is_optional=bool(offer) and not in_choice,
        is_taken=offer == "+",
        unit_price=product.unit_price,
        vat_category=product.vat_category,
        vat_rate=product.vat_rate,
        cost=product.cost,
        explanation=stored_explanation(
            explained_price(product.unit_price, NO_RULES, quantity=quantity, on=on, currency="EUR")
        ),
    )
