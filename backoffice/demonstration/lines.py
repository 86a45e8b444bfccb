"""The lines of an invented deal, from the tables of ``company``."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from backoffice.catalogue.models import Product
from backoffice.money import Recurrence
from backoffice.opportunities import lines
from backoffice.opportunities.models import Opportunity
from backoffice.pricing.queries import Tariff

SECTION, CHOICE = "#", "#1"
"""In the place of a reference: a heading, in both languages; one of whose lines the client chooses exactly one."""
QUANTITY = re.compile(
    r"(?P<quantity>\d+)(?P<offer>[+-]?)(?:(?P<least>\d+)\.\.(?P<most>\d+))?(?: (?P<recurrence>monthly|yearly))?"
)
"""``6``; ``6+`` an option that is ticked, or the chosen variant; ``6-`` one that is not; ``6+4..12``: from 4 to 12.

``1- yearly``: an option that is paid every year.
"""


def add_lines(
    deal: Opportunity, wares: Iterable[tuple[str, str]], products: Mapping[str, Product], tariff: Tariff
) -> None:
    """``tariff``: what those products cost the client of ``deal``."""
    in_choice = False
    for sku, words in wares:
        if sku in {SECTION, CHOICE}:
            in_choice = sku == CHOICE
            french, english = words.split("|")
            section = lines.add_section(deal, french, "fr")
            section.name, section.one_of = lines.reworded(section.name, english, "en"), in_choice
        else:
            _add_item(deal, products[sku], words, tariff, in_choice=in_choice)


def _add_item(deal: Opportunity, product: Product, words: str, tariff: Tariff, *, in_choice: bool) -> None:
    found = QUANTITY.fullmatch(words)
    if found is None:
        raise ValueError(words)
    quantity, offer = Decimal(found["quantity"]), found["offer"]
    line = lines.add_product(deal, product, tariff.price(product, quantity), quantity=quantity)
    line.is_optional, line.is_taken = bool(offer) and not in_choice, offer == "+"
    if found["least"]:
        line.quantity_min, line.quantity_max = Decimal(found["least"]), Decimal(found["most"])
    line.recurrence = Recurrence(found["recurrence"] or Recurrence.ONCE)
