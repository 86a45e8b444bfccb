"""What a client chose of a quote's content, what it comes to, and the digest that binds both.

A selection names the priced lines that are taken, each with its quantity in ten-thousandths. Contents before
schema 3 have firm lines only, and a selection of them freezes as the list of their ids.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from backoffice.db import scaled, unscaled
from backoffice.money import ZERO, Discount, Recurrence, Totals, Vat, totals_by_recurrence
from backoffice.quotes.canonical import canonical_bytes, digest_of
from backoffice.quotes.frozen_lines import (
    Line,
    is_offered,
    kind_of,
    largest,
    net_of,
    range_of,
    recurrence_of,
    smallest,
    vat_of,
)
from backoffice.quotes.offers import OfferKind
from backoffice.quotes.refusals import ChoiceNotOffered

Content = Mapping[str, Any]
Selection = Mapping[str, int]

CHOICES_SINCE = 3
"""The schema from which on a content offers choices."""


@dataclass(frozen=True)
class Choice:
    """``lines``: the content's lines that are taken, with the chosen quantity and its net amount.

    ``totals``: of what is paid once, with those of what comes back under ``recurring``; ``digest``: SHA-256 of
    content digest, selection and totals.
    """

    selection: Selection
    lines: tuple[Line, ...]
    totals: Mapping[str, Any]
    frozen_selection: list[Any]
    digest: str

    @property
    def selection_bytes(self) -> bytes:
        return canonical_bytes(self.frozen_selection)

    @property
    def totals_bytes(self) -> bytes:
        return canonical_bytes(dict(self.totals))


class Offered:
    """The priced lines of a content, and what may be chosen among them."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.items = [line for line in content["lines"] if line["kind"] == "item"]

    @cached_property
    def groups(self) -> dict[str, list[Line]]:
        """The variants of each choice, by the id of its section."""
        found: dict[str, list[Line]] = {}
        for line in self.items:
            if kind_of(line) is OfferKind.VARIANT:
                found.setdefault(line["group"], []).append(line)
        return found

    def usual(self) -> dict[str, int]:
        """What is taken as long as the client says nothing."""
        return {line["id"]: line["quantity"] for line in self.items if line.get("taken", True)}

    def least(self) -> dict[str, int]:
        """Without options, of each choice the variant that costs least, VAT included, and the smallest quantities.

        Here and in ``most``, what is paid once counts before what comes back: the two cannot be weighed.
        """
        firm = [line for line in self.items if kind_of(line) is OfferKind.FIRM]
        picked = [
            min(group, key=lambda line: self._cost(line, smallest(line))) for group in self.groups.values()
        ]
        return {line["id"]: smallest(line) for line in [*firm, *picked]}

    def most(self) -> dict[str, int]:
        """All options, of each choice the variant that costs most, and the largest quantities."""
        free = [line for line in self.items if kind_of(line) is not OfferKind.VARIANT]
        picked = [
            max(group, key=lambda line: self._cost(line, largest(line))) for group in self.groups.values()
        ]
        return {line["id"]: largest(line) for line in [*free, *picked]}

    def _cost(self, line: Line, quantity: int) -> tuple[Decimal, Decimal]:
        gross = net_of(line, quantity, self.content["currency"]) * (100 + unscaled(line["vat"]["rate"], 2))
        return (gross if recurrence_of(line) is Recurrence.ONCE else ZERO), gross

    def refuse_unless_offered(self, selection: Selection) -> None:
        """Raises ChoiceNotOffered: an unknown line, a firm one left out, no or two variants, a quantity not offered."""
        known = {line["id"]: line for line in self.items}
        taken_of = {key: sum(line["id"] in selection for line in group) for key, group in self.groups.items()}
        if (
            not selection.keys() <= known.keys()
            or any(line["id"] not in selection for line in self.items if kind_of(line) is OfferKind.FIRM)
            or any(count != 1 for count in taken_of.values())
            or any(not is_offered(known[key], quantity) for key, quantity in selection.items())
        ):
            raise ChoiceNotOffered(selection=dict(selection))


def leaves_choice(lines: Iterable[Line]) -> bool:
    """Whether a client has anything to choose among ``lines``."""
    return any(
        kind_of(line) is not OfferKind.FIRM or range_of(line) is not None
        for line in lines
        if line["kind"] == "item"
    )


def chosen(content: Content, selection: Selection, *, content_digest: str) -> Choice:
    """Lines and totals of ``selection``. Raises ChoiceNotOffered."""
    Offered(content).refuse_unless_offered(selection)
    lines = lines_taken(content, selection)
    totals = totals_of_lines(lines, content)
    frozen = frozen_selection(content, lines)
    facts = {"content_digest": content_digest, "selection": frozen, "totals": totals}
    return Choice(selection, lines, totals, frozen, digest_of(canonical_bytes(facts)))


def lines_taken(content: Content, selection: Selection) -> tuple[Line, ...]:
    """The content's priced lines that are taken, each with the chosen quantity and its net amount."""
    return tuple(
        with_quantity(line, selection[line["id"]], content["currency"])
        for line in content["lines"]
        if line["id"] in selection
    )


def with_quantity(line: Line, quantity: int, currency: str) -> Line:
    return {**line, "quantity": quantity, "net": hundredths(net_of(line, quantity, currency))}


def frozen_selection(content: Content, lines: Iterable[Line]) -> list[Any]:
    """In the order of the content."""
    if content["schema"] < CHOICES_SINCE:
        return [line["id"] for line in lines]
    return [{"id": line["id"], "quantity": line["quantity"]} for line in lines]


def selection_of(content: Content, frozen: Iterable[Any]) -> dict[str, int]:
    """The reverse of ``frozen_selection``."""
    if content["schema"] < CHOICES_SINCE:
        taken = set(frozen)
        return {key: quantity for key, quantity in Offered(content).usual().items() if key in taken}
    return {each["id"]: each["quantity"] for each in frozen}


def totals_of_lines(lines: Iterable[Line], content: Content) -> dict[str, Any]:
    """Totals as frozen, of lines that are taken."""
    discount = Discount(unscaled(content["discount"], 2), unscaled(content.get("discount_amount", 0), 2))
    totals = totals_by_recurrence(nets_of(lines), discount=discount, currency=content["currency"])
    return (
        all_totals(totals) if content["schema"] >= CHOICES_SINCE else totals_content(totals[Recurrence.ONCE])
    )


def nets_of(lines: Iterable[Line]) -> Iterator[tuple[Recurrence, Vat, Decimal]]:
    """What the money module adds up, of lines that are taken."""
    return ((recurrence_of(line), vat_of(line), unscaled(line["net"], 2)) for line in lines)


def all_totals(totals: Mapping[Recurrence, Totals]) -> dict[str, Any]:
    """As frozen: of what is paid once, and under ``recurring`` of what is paid every month and every year."""
    recurring = [
        {"recurrence": each.value, **totals_content(totals[each])}
        for each in totals
        if each is not Recurrence.ONCE
    ]
    return {**totals_content(totals[Recurrence.ONCE]), "recurring": recurring}


def totals_content(totals: Totals) -> dict[str, Any]:
    """Totals as frozen: amounts in hundredths, rates in hundredths of a per cent."""
    return {
        "lines": hundredths(totals.lines),
        "allowance": hundredths(totals.allowance),
        "net": hundredths(totals.net),
        "vat": hundredths(totals.vat),
        "gross": hundredths(totals.gross),
        "taxes": [
            {
                "category": each.vat.category,
                "rate": hundredths(each.vat.rate),
                "base": hundredths(each.base),
                "tax": hundredths(each.tax),
            }
            for each in totals.taxes
        ],
    }


def hundredths(value: Decimal) -> int:
    return scaled(value, 2)
