"""What two contents of a quote (``quotes.content``) say differently, line by line; of contents alone."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from backoffice.comparison.facts import Facts, Read, Trait, facts_of_paper
from backoffice.comparison.moved import moved
from backoffice.comparison.shape import Key, terms_of
from backoffice.comparison.sums import ComparedTotals, Sum, compared_recurring, compared_totals
from backoffice.money import ZERO

NO_TERM = ("", None)


class Fate(enum.StrEnum):
    """What became of a line. One that is changed may have moved too."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True)
class Change:
    """``before`` and ``after`` are what ``facts`` says of that trait; None where a side says nothing of it."""

    trait: Trait
    before: Any
    after: Any


class Side:
    """A line in one of the two contents, read when it is asked for: most lines of a long quote stay the same."""

    def __init__(self, read: Read, key: Key) -> None:
        self._read = read
        self._key = key

    @cached_property
    def name(self) -> str:
        return self._read.name(self._read.lines[self._key])

    @cached_property
    def section(self) -> str:
        return self._read.section(self._key)

    @cached_property
    def facts(self) -> Facts:
        return self._read.facts(self._key)

    @cached_property
    def amount(self) -> Decimal | None:
        """As its reader reads it; None of a line without price, or whose price may not be told."""
        return self._read.amount(self._key)

    @property
    def counts(self) -> bool:
        """Whether it is in the totals of what is paid once."""
        line = self._read.lines[self._key]
        return bool(line["kind"] == "item" and line["taken"] and line["recurrence"] == "once")


@dataclass(frozen=True)
class ComparedLine:
    """``before`` or ``after`` is None of a line that one content does not have; ``changes`` is empty then."""

    id: str
    kind: str
    before: Side | None
    after: Side | None
    changes: tuple[Change, ...]
    has_moved: bool

    @property
    def fate(self) -> Fate:
        if self.before is None:
            return Fate.ADDED
        if self.after is None:
            return Fate.REMOVED
        if self.changes:
            return Fate.CHANGED
        return Fate.MOVED if self.has_moved else Fate.SAME

    @property
    def side(self) -> Side:
        """As it is now, or was last."""
        found = self.after or self.before
        assert found is not None  # noqa: S101 - a line is in one of the two
        return found

    @property
    def amount(self) -> Sum | None:
        """None where neither side has an amount to tell; what is not there came to nothing."""
        before, after = (ZERO if side is None else side.amount for side in (self.before, self.after))
        if all(side is None or side.amount is None for side in (self.before, self.after)):
            return None
        return Sum(before, after)


@dataclass(frozen=True)
class Comparison:
    """``lines``: all of both, in the newer order, what is gone after what stood before it.

    ``terms``: the legal wordings that differ; ``paper``: all else but the sums. Amounts in different
    ``currencies`` are not to be subtracted.
    """

    lines: Sequence[ComparedLine]
    paper: Sequence[Change]
    terms: Sequence[Change]
    totals: ComparedTotals
    recurring: Mapping[str, ComparedTotals]
    deposit: Sum | None
    language: str
    is_consumer: bool
    currencies: tuple[str, str]

    @property
    def different(self) -> list[ComparedLine]:
        return [line for line in self.lines if line.fate is not Fate.SAME]

    @property
    def same(self) -> list[ComparedLine]:
        return [line for line in self.lines if line.fate is Fate.SAME]

    @property
    def same_currency(self) -> bool:
        return self.currencies[0] == self.currencies[1]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        sums = bool(self.totals) or any(self.recurring.values()) or bool(self.deposit)
        return bool(self.different or self.paper or self.terms) or sums


def compare(
    before: Mapping[str, Any], after: Mapping[str, Any], language: str, *, to_client: bool = False
) -> Comparison:
    """Amounts as the reader of ``after`` reads them: a consumer including VAT.

    ``to_client``: only what the client's pages show in that language; no price of a firm line in a section that
    hides them. Linear in the number of lines, but for finding those that moved.
    """
    consumer = after["client"]["standing"] == "consumer"
    old, new = (
        Read(content, language, as_consumer=consumer, to_client=to_client) for content in (before, after)
    )
    kept = [key for key in new.lines if key in old.lines]
    elsewhere = moved([key for key in old.lines if key in new.lines], kept)
    return Comparison(
        lines=[_compared(key, old, new, has_moved=key in elsewhere) for key in _in_order(old, new)],
        paper=_changes(facts_of_paper(old), facts_of_paper(new)),
        terms=_changed_terms(old, new),
        totals=compared_totals(old.reading.totals, new.reading.totals),
        recurring=compared_recurring(old.reading.totals, new.reading.totals),
        deposit=_deposit(old, new),
        language=language,
        is_consumer=consumer,
        currencies=(old.reading.currency, new.reading.currency),
    )


def _in_order(old: Read, new: Read) -> Iterator[Key]:
    gone: dict[Key | None, list[Key]] = {}
    last: Key | None = None
    for key in old.lines:
        if key in new.lines:
            last = key
        else:
            gone.setdefault(last, []).append(key)
    yield from gone.get(None, ())
    for key in new.lines:
        yield key
        yield from gone.get(key, ())


def _compared(key: Key, old: Read, new: Read, *, has_moved: bool) -> ComparedLine:
    before, after = (Side(read, key) if key in read.lines else None for read in (old, new))
    changes: tuple[Change, ...] = ()
    # A section may come to something else though it says the same.
    if before and after and (key[1] == "section" or old.lines[key] != new.lines[key]):
        hidden = old.hides(key) or new.hides(key)
        changes = tuple(
            each for each in _changes(before.facts, after.facts) if _may_be_told(each, hidden=hidden)
        )
    return ComparedLine(key[0], key[1], before, after, changes, has_moved)


def _may_be_told(change: Change, *, hidden: bool) -> bool:
    """No price that either version hides, and no sum of a section that one of them does not tell."""
    if change.trait is Trait.COMES_TO:
        return change.before is not None and change.after is not None
    return not (hidden and change.trait.tells_a_price)


def _changes(before: Mapping[Trait, Any], after: Mapping[Trait, Any]) -> tuple[Change, ...]:
    return tuple(
        Change(trait, before.get(trait), after.get(trait))
        for trait in dict.fromkeys([*after, *before])
        if before.get(trait) != after.get(trait)
    )


def _changed_terms(old: Read, new: Read) -> tuple[Change, ...]:
    before, after = (_terms(read) for read in (old, new))
    return tuple(
        Change(Trait.TERMS, before.get(code, NO_TERM)[1], after.get(code, NO_TERM)[1])
        for code in dict.fromkeys([*after, *before])
        if before.get(code) != after.get(code)
    )


def _terms(read: Read) -> dict[str, tuple[str, Any]]:
    """Each wording's hash and text by its code; a client does not see a hash."""
    return {
        code: ("" if read.to_client and text else digest, read.text(text) if text else None)
        for code, (digest, text) in terms_of(read.content).items()
    }


def _deposit(old: Read, new: Read) -> Sum | None:
    before, after = (read.reading.deposit for read in (old, new))
    if before is None and after is None:
        return None
    return Sum(before.totals.gross if before else ZERO, after.totals.gross if after else ZERO)
