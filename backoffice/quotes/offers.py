"""What the lines of a working paper offer: firm, optional, or one of several variants."""

import enum
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, TypeVar
from uuid import UUID

from backoffice.money import ZERO, Recurrence
from backoffice.opportunities.models import LineKind


class OfferKind(enum.StrEnum):
    """A client takes every firm line, an option or not, and exactly one variant of each group."""

    FIRM = "firm"
    OPTION = "option"
    VARIANT = "variant"


@dataclass(frozen=True)
class Offer:
    """``group``: the section whose variants exclude each other; ``taken``: until the client says otherwise."""

    kind: OfferKind
    group: UUID | None
    taken: bool


class Offering(Protocol):
    """What is needed of a line."""

    @property
    def uuid(self) -> UUID: ...
    @property
    def kind(self) -> LineKind: ...
    @property
    def one_of(self) -> bool: ...
    @property
    def is_optional(self) -> bool: ...
    @property
    def is_taken(self) -> bool: ...


FIRM = Offer(OfferKind.FIRM, None, taken=True)
OPTIONS = {taken: Offer(OfferKind.OPTION, None, taken=taken) for taken in (True, False)}


def offers_of(lines: Iterable[Offering]) -> dict[UUID, Offer]:
    """By item, from all lines in their order: the items below a section that is a choice are its variants.

    The first variant that is marked as taken is; the first of all when none is.
    """
    offers: dict[UUID, Offer] = {}
    first: dict[UUID | None, UUID] = {}
    marked: dict[UUID | None, UUID] = {}
    variant: Offer | None = None
    for line in lines:
        if line.kind is LineKind.SECTION:
            variant = Offer(OfferKind.VARIANT, line.uuid, taken=False) if line.one_of else None
        elif line.kind is LineKind.ITEM and variant is not None:
            offers[line.uuid] = variant
            first.setdefault(variant.group, line.uuid)
            if line.is_taken:
                marked.setdefault(variant.group, line.uuid)
        elif line.kind is LineKind.ITEM:
            offers[line.uuid] = OPTIONS[line.is_taken] if line.is_optional else FIRM
    for group, chosen in (first | marked).items():
        offers[chosen] = Offer(OfferKind.VARIANT, group, taken=True)
    return offers


Weight = tuple[Decimal, Decimal]
"""VAT included: what is paid once, then what is paid each time. To be compared only: the two are never added up."""


def weight(recurrence: Recurrence, gross: Decimal) -> Weight:
    return (gross, ZERO) if recurrence is Recurrence.ONCE else (ZERO, gross)


class Choosable(Protocol):
    """A priced line, be it of a working paper or of a content, as far as what may be chosen is asked."""

    @property
    def kind(self) -> OfferKind: ...
    @property
    def group(self) -> Any: ...
    @property
    def smallest(self) -> Any: ...
    @property
    def largest(self) -> Any: ...
    def weight(self, quantity: Any) -> Weight:
        """What so much of it costs."""


Item = TypeVar("Item", bound=Choosable)


def taken_at_least(items: Iterable[Item]) -> Iterator[Item]:
    """Without options, and of each choice the variant whose smallest quantity costs least, VAT included."""
    return _one_of_each(
        (item for item in items if item.kind is not OfferKind.OPTION),
        lambda variants: min(variants, key=lambda item: item.weight(item.smallest)),
    )


def taken_at_most(items: Iterable[Item]) -> Iterator[Item]:
    """All options, and of each choice the variant whose largest quantity costs most, VAT included."""
    return _one_of_each(items, lambda variants: max(variants, key=lambda item: item.weight(item.largest)))


def _one_of_each(items: Iterable[Item], pick: Callable[[list[Item]], Item]) -> Iterator[Item]:
    groups: dict[Any, list[Item]] = {}
    for item in items:
        if item.kind is OfferKind.VARIANT:
            groups.setdefault(item.group, []).append(item)
        else:
            yield item
    yield from map(pick, groups.values())
