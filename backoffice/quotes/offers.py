"""What the lines of a working paper offer: firm, optional, or one of several variants."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

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


def offers_of(lines: Iterable[Offering]) -> dict[UUID, Offer]:
    """By item, from all lines in their order: the items below a section that is a choice are its variants.

    The first variant that is marked as taken is; the first of all when none is.
    """
    offers: dict[UUID, Offer] = {}
    first: dict[UUID, UUID] = {}
    marked: dict[UUID, UUID] = {}
    group: UUID | None = None
    for line in lines:
        if line.kind is LineKind.SECTION:
            group = line.uuid if line.one_of else None
        elif line.kind is LineKind.ITEM and group is not None:
            first.setdefault(group, line.uuid)
            if line.is_taken:
                marked.setdefault(group, line.uuid)
            offers[line.uuid] = Offer(OfferKind.VARIANT, group, taken=False)
        elif line.kind is LineKind.ITEM:
            offers[line.uuid] = (
                Offer(OfferKind.OPTION, None, taken=line.is_taken) if line.is_optional else FIRM
            )
    for group, variant in (first | marked).items():
        offers[variant] = Offer(OfferKind.VARIANT, group, taken=True)
    return offers
