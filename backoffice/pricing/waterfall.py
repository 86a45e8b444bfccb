"""The page that tells where a price comes from, computed: templates only print and draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from flask_babel import gettext

from backoffice import clock
from backoffice.db import Bilingual
from backoffice.language import current_language, longdate, percent, quantity
from backoffice.money import ZERO
from backoffice.pricing.cascade import Explained, Origin, Start, Step, StepKind, Words
from backoffice.pricing.explained import Stored, explanation_in, typed_in

WIDTH = 1000
"""Of the whole drawing, in steps of its own; the highest price fills it."""
THINNEST = 4
"""Of a bar that stands for anything at all."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """From ``begins``, ``width`` wide; ``tone``: "price", "off" or "more"."""

    begins: int
    width: int
    tone: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """``change``: what it adds, None in the first and the last; ``price``: as it then is."""

    label: str
    change: Decimal | None
    price: Decimal
    bar: Bar


@dataclass(frozen=True, kw_only=True)
class Story:
    """``converted_from``: the catalogue's currency, when its figure was taken over into another.

    ``strays``: the line's price is neither what the rules gave nor what was typed.
    """

    price: Explained
    rows: Sequence[Row]
    converted_from: str | None
    strays: bool


def story_of(stored: Stored, price: Decimal, *, timezone: str) -> Story:
    """Of an explanation as stored, on a line whose unit price is ``price`` now."""
    explained, typed = explanation_in(stored), typed_in(stored)
    told = [(start_words(explained.start), explained.start.price)]
    told += [(step_words(step), step.left) for step in explained.steps]
    if typed is not None:
        day = longdate(clock.day_of(typed.at, timezone))
        told.append((gettext("Typed by %(name)s on %(day)s", name=typed.by, day=day), typed.price))
    strays = told[-1][1] != price
    if strays:
        told.append((gettext("Changed by hand since"), price))
    return Story(
        price=explained,
        rows=_rows(told),
        converted_from=explained.start.currency,
        strays=strays,
    )


def _rows(told: Sequence[tuple[str, Decimal]]) -> Sequence[Row]:
    highest = max(price for _label, price in told)
    label, before = told[0]
    rows = [Row(label=label, change=None, price=before, bar=_bar(ZERO, before, highest, "price"))]
    for label, after in told[1:]:
        tone = "off" if after <= before else "more"
        bar = _bar(min(before, after), max(before, after), highest, tone)
        rows.append(Row(label=label, change=after - before, price=after, bar=bar))
        before = after
    result = _bar(ZERO, before, highest, "price")
    return [*rows, Row(label=gettext("Price of one"), change=None, price=before, bar=result)]


def _bar(low: Decimal, high: Decimal, highest: Decimal, tone: str) -> Bar:
    begins, ends = _place(low, highest), _place(high, highest)
    width = max(ends - begins, THINNEST if high > low else 0)
    return Bar(begins=min(begins, WIDTH - width), width=width, tone=tone)


def _place(price: Decimal, highest: Decimal) -> int:
    return int((price * WIDTH / highest).quantize(Decimal(1), ROUND_HALF_UP)) if highest else 0


def start_words(start: Start) -> str:
    match start.origin:
        case Origin.PRICE_LIST:
            return gettext("Price list “%(name)s”", name=_words(start.name or Words()))
        case Origin.DATED if start.since is not None:
            return gettext("Catalogue price since %(day)s", day=longdate(start.since))
        case _:
            return gettext("Catalogue price")


def step_words(step: Step) -> str:
    name = _words(step.name)
    rate = percent(step.percent) if step.percent is not None else ""
    if step.kind is StepKind.LEVEL:
        return gettext("“%(name)s”: %(rate)s off (level %(level)s)", name=name, rate=rate, level=step.level)
    if step.from_quantity:
        start = quantity(step.from_quantity)
        if step.kind is StepKind.LIST_PRICE:
            return gettext("Price list “%(name)s”, from a quantity of %(start)s", name=name, start=start)
        return gettext(
            "Price list “%(name)s”, from a quantity of %(start)s: %(rate)s off",
            name=name, start=start, rate=rate,
        )  # fmt: skip
    if step.kind is StepKind.LIST_PRICE:
        return gettext("Price list “%(name)s”", name=name)
    return gettext("Price list “%(name)s”: %(rate)s off", name=name, rate=rate)


def _words(words: Words) -> str:
    return Bilingual(words.fr, words.en).text(current_language())
