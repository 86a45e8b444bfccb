"""The limits of what may be typed on a line, and units typed after a quantity."""

import re
from decimal import Decimal

from flask_babel import gettext

from backoffice.catalogue.models import Unit
from backoffice.errors import Refusal
from backoffice.money import NO_DISCOUNT, Discount
from backoffice.typed import NotANumber, number, without_sign

MOST_LINES = 1000
LONGEST_NAME = 160
LONGEST_DESCRIPTION = 2000
LONGEST_LIST = 60_000
"""Letters of a list of references: as many as a quote may have lines."""
MOST_QUANTITY = Decimal(9_999_999)
MOST_PRICE = Decimal(99_999_999)

WORDS = {
    Unit.PIECE: "u u. unité unités pc pcs pc. pièce pièces piece pieces unit units",
    Unit.HOUR: "h heure heures hour hours",
    Unit.DAY: "j jour jours d day days",
    Unit.METRE: "m ml",
    Unit.SQUARE_METRE: "m² m2",
    Unit.CUBIC_METRE: "m³ m3",
    Unit.KILOGRAM: "kg",
    Unit.LITRE: "l litre litres",
    Unit.MONTH: "mois month months",
    Unit.LUMP_SUM: "forfait forfaits ft ff lump_sum lump_sums",
}
UNITS = {word.replace("_", " "): unit for unit, words in WORDS.items() for word in words.split()}
"""Every spelling of a unit that a rep may type, in either language."""


class UnknownUnit(Refusal):
    def sentence(self) -> str:
        return gettext(
            "The unit “%(word)s” is not known. Use pc, h, day, m, m², m³, kg, l, month or lump sum.",
            word=self.facts["word"],
        )


def quantity(text: str, language: str) -> tuple[Decimal, Unit | None]:
    """``32 m²`` as 32 and square metres; None when no unit was typed. Raises UnknownUnit and what ``number`` raises."""
    match = re.fullmatch(r"\s*([-−\d\s.,'’]*)(.*?)\s*", text, re.DOTALL)
    figure, word = match.groups() if match else ("", text)
    if not figure.strip():
        raise NotANumber(places=4, most=MOST_QUANTITY)
    value = number(figure, places=4, most=MOST_QUANTITY, language=language)
    unit = UNITS.get(" ".join(word.casefold().split())) if word else None
    if word and unit is None:
        raise UnknownUnit(word=word[:20])
    return value, unit


def price(text: str, language: str) -> Decimal:
    """A unit price without VAT, up to six decimals; a euro sign after it is ignored."""
    return number(without_sign(text), places=6, most=MOST_PRICE, language=language)


def percentage(text: str, language: str) -> Decimal:
    """``5 %`` or ``5`` as 5, from 0 to 100, with two decimals at most."""
    return number(re.sub(r"\s*%\s*$", "", text), places=2, most=Decimal(100), language=language)


def discount(text: str, language: str) -> Discount:
    """``5 %`` or ``5`` as per cent, ``10 €`` as an amount without VAT off the whole; nothing typed is none."""
    words = text.strip()
    if not words:
        return NO_DISCOUNT
    figure = without_sign(words)
    if figure != words:
        return Discount(amount=number(figure, places=2, most=MOST_PRICE, language=language))
    return Discount(percent=percentage(words, language))
