"""A choice as it stands in the address of the client's page, or in the form of whoever records it for them.

Nothing of it is stored before somebody signs or accepts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from flask_babel import gettext

from backoffice.db import scaled, unscaled
from backoffice.errors import Refusal
from backoffice.language import quantity as written
from backoffice.quotes.choice import Content, Offered, Selection
from backoffice.quotes.frozen_lines import (
    WHOLE,
    Line,
    is_counted,
    is_offered,
    kind_of,
    largest,
    range_of,
    smallest,
)
from backoffice.quotes.offers import OfferKind
from backoffice.typed import number

VERSION = "v"
TICKED = "o"
VARIANT = "g."
QUANTITY = "q."
EXACT = "n."
"""A quantity in ten-thousandths, as links carry it; QUANTITY is what somebody typed in their language."""
LESS = "less"
MORE = "more"
SHORTEST = 6
LONGEST_EXACT = 18


class Arguments(Protocol):
    """What was sent, by name: the first value of each, or all of them."""

    def __contains__(self, name: object, /) -> bool: ...

    def get(self, name: str, default: str, /) -> str: ...

    def getlist(self, name: str, /) -> list[str]: ...


@dataclass(frozen=True)
class Asked:
    """``typed``: quantities that cannot be had, as typed, by line; ``complaints``: why."""

    selection: Selection
    typed: Mapping[str, str] = field(default_factory=dict)
    complaints: Mapping[str, str] = field(default_factory=dict)


class Choosing:
    """What an address may say about ``content``, and the reverse."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.offered = Offered(content)

    @cached_property
    def keys(self) -> dict[str, str]:
        """A short name in addresses for each line and section: as much of its id as tells them all apart."""
        ids = [line["id"] for line in self.content["lines"]]
        for length in range(SHORTEST, len(max(ids, key=len, default="")) + 1):
            short = {key: key.replace("-", "")[:length] for key in ids}
            if len(set(short.values())) == len(ids):
                return short
        return {key: key for key in ids}

    def read(self, arguments: Arguments, language: str) -> Asked:
        """What is not said, or not known to this version, is as the seller proposes."""
        if VERSION not in arguments:
            return Asked(self.offered.usual())
        ticked = set(arguments.getlist(TICKED))
        same = arguments.get(VERSION, "") == str(self.content["version"])
        selection: dict[str, int] = {}
        typed, complaints = {}, {}
        variants = {
            self._variant(group, members, arguments) for group, members in self.offered.groups.items()
        }
        for line in self.offered.items:
            key, kind = line["id"], kind_of(line)
            if kind is OfferKind.VARIANT and key not in variants:
                continue
            if kind is OfferKind.OPTION and not self._is_ticked(line, ticked, same=same):
                continue
            quantity = self._quantity(line, arguments, language)
            if quantity is None:
                typed[key], complaints[key] = self._words(line, arguments), self.sentence(line)
            selection[key] = line["quantity"] if quantity is None else quantity
        return Asked(selection, typed, complaints)

    def _variant(self, group: str, members: Sequence[Line], arguments: Arguments) -> str:
        wanted = arguments.get(VARIANT + self.keys.get(group, group), "")
        named = [line for line in members if self.keys[line["id"]] == wanted]
        return str((named or [line for line in members if line["taken"]])[0]["id"])

    def _is_ticked(self, line: Line, ticked: set[str], *, same: bool) -> bool:
        """An address of another version says nothing of an option that it did not have."""
        return self.keys[line["id"]] in ticked or (not same and bool(line["taken"]) and not ticked)

    def _quantity(self, line: Line, arguments: Arguments, language: str) -> int | None:
        """In ten-thousandths; None for one that is not offered."""
        short, most = self.keys[line["id"]], unscaled(largest(line), 4)
        exact = arguments.get(EXACT + short, "")
        if range_of(line) is None or not (exact or QUANTITY + short in arguments):
            return int(line["quantity"])
        if exact.isascii() and exact.isdecimal() and len(exact) <= LONGEST_EXACT:
            value = int(exact)
        else:
            try:
                value = scaled(
                    number(self._words(line, arguments), places=4, most=most, language=language), 4
                )
            except Refusal:
                return None
        return value if is_offered(line, value) else None

    def _words(self, line: Line, arguments: Arguments) -> str:
        return arguments.get(QUANTITY + self.keys[line["id"]], "")

    def sentence(self, line: Line) -> str:
        least, most = (written(unscaled(each, 4)) for each in (smallest(line), largest(line)))
        if is_counted(line):
            return gettext("Choose a whole number from %(least)s to %(most)s.", least=least, most=most)
        return gettext("Choose a quantity from %(least)s to %(most)s.", least=least, most=most)

    def one_less_or_more(self, selection: Selection, arguments: Arguments) -> dict[str, Any]:
        """The address after a button beside a quantity was pressed; the quantity stays within what is offered.

        Whoever counts an option or a variant takes it, and no other variant of its choice.
        """
        lines = {self.keys[line["id"]]: line for line in self.offered.items}
        changed = dict(selection)
        for name, by in ((LESS, -WHOLE), (MORE, WHOLE)):
            line = lines.get(arguments.get(name, ""))
            if line is not None and range_of(line) is not None:
                now = changed.get(line["id"], line["quantity"])
                for other in self.offered.groups.get(line.get("group") or "", ()):
                    changed.pop(other["id"], None)
                changed[line["id"]] = min(max(now + by, smallest(line)), largest(line))
        return self.arguments(changed)

    def arguments(self, selection: Selection) -> dict[str, Any]:
        """For the address of a page that shows ``selection``; nothing for what the seller proposes."""
        if selection == self.offered.usual():
            return {}
        given: dict[str, Any] = {VERSION: str(self.content["version"]), TICKED: []}
        for line in self.offered.items:
            key, kind = line["id"], kind_of(line)
            if key not in selection:
                continue
            if kind is OfferKind.OPTION:
                given[TICKED].append(self.keys[key])
            elif kind is OfferKind.VARIANT:
                given[VARIANT + self.keys.get(line["group"], line["group"])] = self.keys[key]
            if selection[key] != line["quantity"]:
                given[EXACT + self.keys[key]] = str(selection[key])
        return given
