"""The parts of a bundle in one cell of a table: ``CHENE-40 × 2; POSE-H × 1,5``."""

import re
from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext

from backoffice.bundles.composing import BundleRefused
from backoffice.opportunities.numbers import MOST_QUANTITY
from backoffice.tabular.writing import figure
from backoffice.typed import number

SPECIAL = re.compile(r'[;×"]')
ONE_PART = re.compile(
    r"""\s*(?:"(?P<quoted>(?:[^"]|"")+)"|(?P<plain>[^;×"]+?))"""
    r"""(?:\s*×\s*(?P<times>[^;×"]*?)|\s+[xX*]\s*(?P<ascii>[\d.,\s]+?))?\s*(?:;|$)"""
)


class PartsUnreadable(BundleRefused):
    """``typed``: what cannot be read, shortened."""

    def sentence(self) -> str:
        return gettext(
            "“%(typed)s” is no list of parts. Write it so: %(example)s.",
            typed=self.facts["typed"],
            example="REF-1 × 2; REF-2 × 1",
        )


class PartUnknown(BundleRefused):
    """``sku``: a reference that no product has."""

    def sentence(self) -> str:
        return gettext(
            "There is no product %(sku)s. Put its row before this one, or import it first.",
            sku=self.facts["sku"],
        )


class PartOfNothing(BundleRefused):
    """``sku``: a part of which the quantity is 0."""

    def sentence(self) -> str:
        return gettext("The quantity of %(sku)s must be above 0.", sku=self.facts["sku"])


def written_parts(parts: Sequence[tuple[str, Decimal]]) -> str:
    """References with their quantities; what would be read otherwise stands in quotes."""
    return "; ".join(f"{_quoted(sku)} × {figure(quantity)}" for sku, quantity in parts)


def _quoted(sku: str) -> str:
    ambiguous = SPECIAL.search(sku) or re.search(r"\s[xX*]\s*[\d.,\s]+$", sku)
    return '"' + sku.replace('"', '""') + '"' if ambiguous else sku


def parts_in(text: str, numbers: str) -> list[tuple[str, Decimal]]:
    """References and quantities, 1 where none is written; ``numbers``: "fr" for decimal commas, "en" for points.

    Raises PartsUnreadable, PartOfNothing and what ``number`` raises.
    """
    found, place = [], 0
    plain = " ".join(text.split()).rstrip("; ")
    while place < len(plain):
        match = ONE_PART.match(plain, place)
        if match is None:
            raise PartsUnreadable(typed=plain[place : place + 40])
        sku = match["plain"] or match["quoted"].replace('""', '"')
        figures = match["times"] if match["times"] is not None else match["ascii"] or "1"
        quantity = number(figures, places=4, most=MOST_QUANTITY, language=numbers)
        if not quantity:
            raise PartOfNothing(sku=sku)
        found.append((sku.strip(), quantity))
        place = match.end()
    return found
