"""Where a unit price comes from: the catalogue's price, the nearest price list, then up to six discounts, in order.

Pure: knows neither the database nor the web. Prices are without VAT; per cents from 0 to 100.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from backoffice.money import HUNDRED, SMALLEST_PRICE, rounded

LEVELS = range(1, 7)
PRECISION = 60
"""Digits: a price times seven per cents is exact."""


@dataclass(frozen=True)
class Words:
    """The name of a rule in both languages; one may be empty."""

    fr: str = ""
    en: str = ""


@dataclass(frozen=True)
class Days:
    """Dates of effect, both included; without ``last``, for good."""

    first: date
    last: date | None = None

    @property
    def in_order(self) -> bool:
        return self.last is None or self.first <= self.last

    def hold(self, on: date) -> bool:
        return self.first <= on and (self.last is None or on <= self.last)


@dataclass(frozen=True, kw_only=True)
class DatedPrice:
    """What the catalogue asks on certain days. ``key`` decides between equals."""

    key: int
    price: Decimal
    days: Days


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a price list says of the product from a quantity on: a ``price``, or a ``discount`` on the catalogue's.

    ``distance``: 0 in the client's own list, 1 in its group's, 2 in the list of the group above, and so on.
    """

    key: int
    name: Words
    distance: int
    from_quantity: Decimal
    days: Days
    price: Decimal | None = None
    discount: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Reduction:
    """A discount of one of LEVELS, in ``percent`` of what the levels before it left; ``distance`` as of an Entry.

    ``of_product``: for this product alone, not for all.
    """

    key: int
    name: Words
    level: int
    distance: int
    percent: Decimal
    days: Days
    of_product: bool = False


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All that may decide the price of one product for one client, in any order."""

    prices: tuple[DatedPrice, ...] = ()
    entries: tuple[Entry, ...] = ()
    reductions: tuple[Reduction, ...] = ()


class Origin(enum.StrEnum):
    """Where the price before all rules comes from."""

    PRODUCT = "product"
    DATED = "dated"
    PRICE_LIST = "price_list"
    """There is no price of the catalogue in the currency of the paper."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """The price before all rules. ``since``: of a dated price, or of the price list called ``name``.

    ``currency``: the catalogue's, when its figure was taken over into another without being converted.
    """

    origin: Origin
    price: Decimal
    since: date | None = None
    name: Words | None = None
    currency: str | None = None


class StepKind(enum.StrEnum):
    """A price list names a price, or a discount on the catalogue's; a level takes its part of the rest."""

    LIST_PRICE = "list_price"
    LIST_DISCOUNT = "list_discount"
    LEVEL = "level"


@dataclass(frozen=True, kw_only=True)
class Step:
    """What a rule took ``off`` (below zero: put on) and what it ``left``, both to a millionth."""

    kind: StepKind
    name: Words
    off: Decimal
    left: Decimal
    percent: Decimal | None = None
    from_quantity: Decimal | None = None
    level: int | None = None


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A unit price and how it came about: ``start.price`` less all that the steps took off is ``result``."""

    currency: str
    quantity: Decimal
    on: date
    start: Start
    steps: tuple[Step, ...]
    result: Decimal


def explained_price(
    plain: Decimal,
    rules: Rules,
    *,
    quantity: Decimal,
    on: date,
    currency: str,
    catalogue_currency: str | None = None,
) -> Explained:
    """The price of one, at most six decimals, rounded once at the end, half away from zero.

    ``plain``: the catalogue's undated price. The nearest wins: an entry of the client's own list before its group's,
    that before the group's above, that before the catalogue's dated price, that before ``plain``; within a list the
    highest quantity reached. At each level the nearest discount applies, before the others the product's own.
    What is equally near goes by the latest first day, then by key.
    """
    entry = _entry(rules.entries, quantity, on)
    foreign = catalogue_currency is not None and catalogue_currency != currency
    start = _start(plain, rules.prices, on, catalogue_currency if foreign else None)
    applied: list[Entry | Reduction] = [*([entry] if entry else []), *_reductions(rules.reductions, on)]
    if foreign and entry is not None and entry.price is not None:
        start = Start(origin=Origin.PRICE_LIST, price=entry.price, since=entry.days.first, name=entry.name)
        applied.remove(entry)
    steps = _steps(start.price, applied)
    result = steps[-1].left if steps else start.price
    return Explained(currency=currency, quantity=quantity, on=on, start=start, steps=steps, result=result)


def _start(plain: Decimal, prices: Iterable[DatedPrice], on: date, currency: str | None) -> Start:
    dated = [each for each in prices if each.days.hold(on)]
    if not dated:
        return Start(origin=Origin.PRODUCT, price=rounded(plain, SMALLEST_PRICE), currency=currency)
    latest = max(dated, key=lambda each: (each.days.first, each.key))
    return Start(
        origin=Origin.DATED,
        price=rounded(latest.price, SMALLEST_PRICE),
        since=latest.days.first,
        currency=currency,
    )


def _entry(entries: Iterable[Entry], quantity: Decimal, on: date) -> Entry | None:
    reached = [each for each in entries if each.days.hold(on) and each.from_quantity <= quantity]
    return max(
        reached,
        key=lambda each: (-each.distance, each.from_quantity, each.days.first, each.key),
        default=None,
    )


def _reductions(reductions: Iterable[Reduction], on: date) -> list[Reduction]:
    """One of each level at most, in the order of the levels."""
    chosen: dict[int, Reduction] = {}
    in_force = [each for each in reductions if each.days.hold(on) and each.level in LEVELS]
    for each in sorted(
        in_force, key=lambda each: (-each.distance, each.of_product, each.days.first, each.key)
    ):
        chosen[each.level] = each
    return [chosen[level] for level in sorted(chosen)]


def _steps(price: Decimal, applied: Iterable[Entry | Reduction]) -> tuple[Step, ...]:
    """The exact price goes from rule to rule; what is told of each is the difference of rounded prices."""
    steps: list[Step] = []
    exact = told = price
    with localcontext(prec=PRECISION):
        for rule in applied:
            exact = _after(rule, exact)
            left = rounded(exact, SMALLEST_PRICE)
            steps.append(_step(rule, off=told - left, left=left))
            told = left
    return tuple(steps)


def _after(rule: Entry | Reduction, price: Decimal) -> Decimal:
    if isinstance(rule, Entry) and rule.price is not None:
        return rule.price
    return price * (HUNDRED - _percent(rule)) / HUNDRED


def _percent(rule: Entry | Reduction) -> Decimal:
    percent = rule.percent if isinstance(rule, Reduction) else rule.discount
    return percent if percent is not None else Decimal(0)


def _step(rule: Entry | Reduction, *, off: Decimal, left: Decimal) -> Step:
    if isinstance(rule, Reduction):
        return Step(
            kind=StepKind.LEVEL, name=rule.name, off=off, left=left, percent=rule.percent, level=rule.level
        )
    kind = StepKind.LIST_PRICE if rule.price is not None else StepKind.LIST_DISCOUNT
    return Step(
        kind=kind,
        name=rule.name,
        off=off,
        left=left,
        percent=rule.discount if rule.price is None else None,
        from_quantity=rule.from_quantity,
    )
