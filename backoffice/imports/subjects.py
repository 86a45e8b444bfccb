"""What may be imported from a table, and what a kind of thing must say of itself for that."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from backoffice.tabular.columns import Column


class Outcome(enum.StrEnum):
    """What an import does, or would do, with one thing."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One sentence about one cell. ``column``: the name of its field, "" for the row as a whole."""

    column: str = ""
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """The rows that are about one thing, mostly one: cells by the names of their fields, as they were typed.

    ``faults`` found already, by row; ``index`` and ``line`` are those of the first row.
    """

    index: int
    line: int
    rows: Sequence[dict[str, str]]
    faults: list[list[Fault]] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        return any(self.faults)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """``write``: for good, or only to see what would be done. ``numbers``: "fr" for decimal commas, "en" for points.

    ``fields``: the names that the table fills; what it does not fill stays, or is usual for what is new.
    ``makes_missing``: what rows name and nobody has entered is made too, see ``Subject.makes_missing``.
    """

    fields: frozenset[str]
    numbers: str
    write: bool
    by: int
    at: datetime
    usual: dict[str, Any] = field(default_factory=dict)
    makes_missing: bool = False


class Subject(Protocol):
    """A kind of thing that is imported. ``makes_missing``: what of others its rows may make, asked as a box to tick."""

    name: str
    columns: tuple[Column, ...]
    makes_missing: Any

    def missing(self, fields: frozenset[str]) -> list[Column]:
        """The columns without which these fields say nothing."""

    def group(self, cells: dict[str, str]) -> str:
        """Rows that follow each other and have the same text are about one thing; "" is always another."""

    def keys(self, record: Record) -> list[tuple[str, str]]:
        """By what the thing is known, and the name of the field that says so: two may not have the same."""

    def deal_with(self, session: Session, records: Sequence[Record], setting: Setting) -> list[Outcome]:
        """Compare with what is stored, and store it if ``setting.write``. A fault is added to its record."""
