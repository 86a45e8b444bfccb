"""What a content says of a line and of the paper, trait by trait, ready to be compared."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import force_locale

from backoffice.comparison.shape import Key, Line, lines_of, said_by
from backoffice.db import Bilingual, unscaled
from backoffice.language import percent
from backoffice.money import ZERO, Discount, Vat
from backoffice.quotes.read_lines import ReadLine
from backoffice.quotes.reading import QuoteReading


class Trait(enum.StrEnum):
    """Of a line, then of the paper."""

    NAME = "name"
    DESCRIPTION = "description"
    QUANTITY = "quantity"
    UNIT_PRICE = "unit_price"
    DISCOUNT = "discount"
    VAT = "vat"
    OFFER = "offer"
    CHOICE = "choice"
    RANGE = "range"
    RECURRENCE = "recurrence"
    PICTURE = "picture"
    NATURE = "nature"
    ONE_OF = "one_of"
    HIDES_PRICES = "hides_prices"
    COMES_TO = "comes_to"
    """Of a section that hides prices, which only then says it."""

    TITLE = "title"
    INTRODUCTION = "introduction"
    VALID_UNTIL = "valid_until"
    PAYMENT_DAYS = "payment_days"
    WHOLE_DISCOUNT = "whole_discount"
    DEPOSIT = "deposit"
    SCHEDULE = "schedule"
    CLIENT = "client"
    CONTACT = "contact"
    BILLING = "billing"
    DELIVERY = "delivery"
    SELLER = "seller"
    REP = "rep"
    LANGUAGE = "language"
    CURRENCY = "currency"
    EXEMPTIONS = "exemptions"
    TERMS = "terms"

    @property
    def tells_a_price(self) -> bool:
        return self in {Trait.UNIT_PRICE, Trait.DISCOUNT}


UNSEEN_BY_CLIENTS = frozenset({Trait.NATURE, Trait.HIDES_PRICES, Trait.LANGUAGE})
"""What no page of the client shows as such."""


class Measure(NamedTuple):
    quantity: Decimal
    unit: str


@dataclass(frozen=True)
class Price:
    """A unit price: as it is read, and what that was read from, which alone says whether two are the same."""

    read: Decimal = field(compare=False)
    net: Decimal
    rate: Decimal
    """Of the VAT that is read with it."""


class Offer(NamedTuple):
    """``kind``: "firm", "option" or "variant"; ``taken``: ticked, or chosen, until the client says otherwise."""

    kind: str
    taken: bool


@dataclass(frozen=True)
class Choice:
    """The section whose variants a line belongs to."""

    id: str
    name: str = field(compare=False)


class Span(NamedTuple):
    """Between what a client may choose the quantity."""

    low: Decimal
    high: Decimal


class Share(NamedTuple):
    """Of a deposit."""

    kind: str
    percent: Decimal


Facts = Mapping[Trait, Any]
"""What is not said (no discount, no choice, no days to pay) is left out."""


class Read:
    """A content, as one of the two that are compared is read.

    A client is told of the texts of one language, and no price of a firm line in a section that hides them.
    """

    def __init__(
        self, content: Mapping[str, Any], language: str, *, as_consumer: bool, to_client: bool
    ) -> None:
        self.content = content
        self.language = language
        self.to_client = to_client
        self.lines = lines_of(content)
        standing = "consumer" if as_consumer else "professional"
        self._frame = {**content, "client": {**content["client"], "standing": standing}}
        self.reading = QuoteReading(self._frame, language)
        self._items: dict[str, ReadLine] = {}
        self._sections: dict[Key, Line | None] = {}
        section: Line | None = None
        for key, line in self.lines.items():
            section = line if line["kind"] == "section" else section
            self._sections[key] = section

    def text(self, text: Mapping[str, str]) -> Bilingual | str:
        """A text as a fact: both languages for a rep, the one that is read for a client."""
        found = Bilingual(text["fr"], text["en"])
        return found.text(self.language) if self.to_client else found

    def name(self, line: Line) -> str:
        """A note has none: its text says what it is."""
        text = line["description"] if line["kind"] == "note" else line["name"]
        return Bilingual(text["fr"], text["en"]).text(self.language)

    def section(self, key: Key) -> str:
        """The name of the section that a line stands in; empty before the first, and of a section itself."""
        section = self._sections[key]
        return "" if section is None or key[1] == "section" else self.name(section)

    def hides(self, key: Key) -> bool:
        """Whether the price of a line may not be told to this reader."""
        section, line = self._sections[key], self.lines[key]
        as_it_is = line["kind"] == "item" and line["offer"] == "firm" and line["range"] is None
        return self.to_client and as_it_is and section is not None and section["hides_prices"]

    def amount(self, key: Key) -> Decimal | None:
        return None if key[1] != "item" or self.hides(key) else self._item(self.lines[key]).total

    def facts(self, key: Key) -> Facts:
        line = self.lines[key]
        if line["kind"] == "item":
            told = self._facts_of_item(line)
        elif line["kind"] == "section":
            told = self._facts_of_section(line)
        else:
            told = {Trait.DESCRIPTION: self.text(line["description"])}
        untold = {trait for trait in told if trait.tells_a_price} if self.hides(key) else set()
        untold |= UNSEEN_BY_CLIENTS if self.to_client else set()
        return {trait: fact for trait, fact in told.items() if _says(fact) and trait not in untold}

    def _item(self, line: Line) -> ReadLine:
        """One line at a time, when it is asked for."""
        if line["id"] not in self._items:
            alone = QuoteReading(self._frame | {"lines": [line]}, self.language)
            (self._items[line["id"]],) = alone.lines
        return self._items[line["id"]]

    def _facts_of_item(self, line: Line) -> dict[Trait, Any]:
        read = self._item(line)
        rate = unscaled(line["vat"]["rate"], 2)
        return {
            Trait.NAME: self.text(line["name"]),
            Trait.DESCRIPTION: self.text(line["description"]),
            Trait.QUANTITY: Measure(unscaled(line["quantity"], 4), line["unit"]),
            Trait.UNIT_PRICE: Price(
                read.unit_price, unscaled(line["unit_price"], 6), rate if self.reading.is_consumer else ZERO
            ),
            Trait.DISCOUNT: Discount(read.discount, read.discount_amount),
            Trait.VAT: Vat(line["vat"]["category"], rate),
            Trait.OFFER: Offer(line["offer"], line["taken"]),
            Trait.CHOICE: self._choice(line["group"]),
            Trait.RANGE: Span(*(unscaled(each, 4) for each in line["range"])) if line["range"] else None,
            Trait.RECURRENCE: line["recurrence"],
            Trait.PICTURE: line["image"],
            Trait.NATURE: line["nature"],
        }

    def _facts_of_section(self, line: Line) -> dict[Trait, Any]:
        return {
            Trait.NAME: self.text(line["name"]),
            Trait.ONE_OF: line["one_of"],
            Trait.HIDES_PRICES: line["hides_prices"],
            Trait.COMES_TO: self._sum_of(line) if self.to_client and line["hides_prices"] else None,
        }

    def _sum_of(self, section: Line) -> Decimal:
        """As the client's page tells it below the heading."""
        return self.reading.section_total(ReadLine(section["id"], "section"))

    def _choice(self, group: str | None) -> Choice | None:
        section = self.lines.get((group, "section")) if group is not None else None
        return None if group is None else Choice(group, self.name(section) if section else "")


def facts_of_paper(read: Read) -> Facts:
    """Everything but lines, sums and legal wordings."""
    content = read.content
    client, deposit = content["client"], said_by(content, "deposit")
    identity = ("name", "kind", "standing", "siren", "vat_number")
    told = {
        Trait.TITLE: read.text(content["title"]),
        Trait.INTRODUCTION: read.text(content["introduction"]),
        Trait.VALID_UNTIL: date.fromisoformat(content["valid_until"]),
        Trait.PAYMENT_DAYS: content["payment_days"],
        Trait.WHOLE_DISCOUNT: Discount(
            unscaled(content["discount"], 2), unscaled(said_by(content, "discount_amount"), 2)
        ),
        Trait.DEPOSIT: Share(deposit["kind"], unscaled(deposit["percent"], 2)) if deposit else None,
        Trait.SCHEDULE: read.text(_schedule(content)),
        Trait.CLIENT: {name: client[name] for name in identity},
        Trait.CONTACT: client["contact"],
        Trait.BILLING: client["billing"],
        Trait.DELIVERY: client["delivery"],
        Trait.SELLER: content["seller"],
        Trait.REP: content["rep"],
        Trait.LANGUAGE: content["language"],
        Trait.CURRENCY: content["currency"],
        Trait.EXEMPTIONS: read.text(_exemptions(content)),
    }
    untold = UNSEEN_BY_CLIENTS if read.to_client else frozenset()
    return {trait: fact for trait, fact in told.items() if fact and trait not in untold}


def _says(fact: Any) -> bool:
    """A section may come to nothing; everything else that is empty says nothing."""
    return bool(fact) or isinstance(fact, Decimal)


def _exemptions(content: Mapping[str, Any]) -> dict[str, str]:
    """Why no VAT is charged, as one text in each language."""
    return {language: ", ".join(QuoteReading(content, language).exemptions) for language in ("fr", "en")}


def _schedule(content: Mapping[str, Any]) -> dict[str, str]:
    """The instalments as one text in each language, but for the amounts."""
    words = {}
    for language in ("fr", "en"):
        with force_locale(language):
            words[language] = ", ".join(
                f"{percent(each.percent)} {each.when}" for each in QuoteReading(content, language).instalments
            )
    return words
