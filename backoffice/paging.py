"""One page of a long list, found by where the neighbouring page ended (keyset paging).

The thousandth page costs what the first costs, and a row that is added meanwhile moves nothing from one page to the
next. A list names columns that are never null and whose last tells all rows apart; an index has them in that order.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement, Select
from sqlalchemy.sql.functions import FunctionElement

SIZE = 50
LONGEST = 600
"""Letters of a place in an address; ours are shorter."""
LARGEST_WHOLE = 2**63 - 1


@dataclass(frozen=True)
class Ordering:
    """By which columns a list is sorted, all in one direction; the last is unique."""

    columns: tuple[Any, ...]
    descending: bool = False


@dataclass(frozen=True)
class Place:
    """Where a page begins, as its address says: ``after`` or ``before`` the row with this key; the start without."""

    key: tuple[Any, ...] | None = None
    backwards: bool = False

    @classmethod
    def read(cls, arguments: Mapping[str, str], ordering: Ordering) -> "Place":
        """From the query of an address. One that nobody gave out, or of another ordering, is the start of the list."""
        for name, backwards in (("after", False), ("before", True)):
            text = arguments.get(name)
            if text:
                try:
                    return cls(_key_from(text, ordering), backwards)
                except (ValueError, TypeError, binascii.Error, RecursionError):
                    return cls()
        return cls()


@dataclass(frozen=True)
class Page:
    """Rows of one page. ``previous`` and ``following`` are arguments of the neighbours' addresses, None at an end."""

    rows: Sequence[Any]
    previous: dict[str, str] | None
    following: dict[str, str] | None


def page_of(
    session: Session, found: Select[*tuple[Any, ...]], ordering: Ordering, place: Place, *, size: int = SIZE
) -> Page:
    """The page of ``found`` (without an order of its own) that begins at ``place``, in one statement.

    Rows are tuples of what ``found`` selects. A place beyond the last row gives the start of the list.
    """
    rows = list(session.execute(_within(found, ordering, place).limit(size + 1)))
    if not rows and place.key is not None:
        return page_of(session, found, ordering, Place(), size=size)
    more, rows = len(rows) > size, rows[:size]
    if place.backwards:
        rows.reverse()
    own = len(ordering.columns)
    return Page(
        rows=[row[:-own] for row in rows],
        previous={"before": _text_of(rows[0][-own:])}
        if rows and (more if place.backwards else place.key is not None)
        else None,
        following={"after": _text_of(rows[-1][-own:])} if rows and (more or place.backwards) else None,
    )


class walked(FunctionElement[Any]):  # noqa: N801 - written like a function of SQL
    """``walked(column)``: the column, by whose index SQLite shall not begin.

    It keeps no count of how many rows have which value, and takes an equality for rare: it would fetch and sort all
    deals of an owner to show a page of their quotes. PostgreSQL counts, and reads the bare column.
    """

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(walked)
def _bare(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(walked, "sqlite")
def _without_index(element: Any, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


def _within(found: Select[*tuple[Any, ...]], ordering: Ordering, place: Place) -> Select[*tuple[Any, ...]]:
    """``found`` from its place on, nearest first, with the columns of the ordering behind its own."""
    falling = ordering.descending != place.backwards
    statement = found.add_columns(*ordering.columns).order_by(
        *(column.desc() if falling else column.asc() for column in ordering.columns)
    )
    if place.key is None:
        return statement.where(_from_the_start(ordering.columns[0], falling=falling))
    types = [column.type for column in ordering.columns]
    here: ColumnElement[Any] = sa.tuple_(*ordering.columns)
    there = sa.tuple_(*(sa.literal(value, kind) for value, kind in zip(place.key, types, strict=True)))
    return statement.where(here < there if falling else here > there)


def _from_the_start(column: Any, *, falling: bool) -> ColumnElement[bool]:
    """True of every row: a range over the ordering, so that SQLite walks its index and stops after a page.

    Without one it may join everything that the list could hold and sort that.
    """
    kind = column.type.python_type
    if falling:
        highest = {int: LARGEST_WHOLE, date: date.max, datetime: datetime.max.replace(tzinfo=UTC)}
        return column <= highest[kind] if kind in highest else sa.true()
    lowest = {int: -LARGEST_WHOLE, str: "", date: date.min, datetime: datetime.min.replace(tzinfo=UTC)}
    return column >= lowest[kind] if kind in lowest else sa.true()


def _text_of(key: Sequence[Any]) -> str:
    words = json.dumps([value.isoformat() if isinstance(value, date) else value for value in key])
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def _key_from(text: str, ordering: Ordering) -> tuple[Any, ...]:
    if len(text) > LONGEST:
        raise ValueError(text)
    words = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    if not isinstance(words, list) or len(words) != len(ordering.columns):
        raise ValueError(text)
    return tuple(
        _value(word, column.type.python_type) for word, column in zip(words, ordering.columns, strict=True)
    )


def _value(word: Any, kind: Any) -> Any:
    """A value of the column's type. Raises ValueError for what no row can have."""
    if kind is date and isinstance(word, str):
        return date.fromisoformat(word)
    if kind is datetime and isinstance(word, str):
        moment = datetime.fromisoformat(word)
        if moment.tzinfo is None:
            raise ValueError(word)
        return moment
    if type(word) is not kind:
        raise ValueError(word)
    if (kind is int and abs(word) > LARGEST_WHOLE) or (kind is str and "\0" in word):
        raise ValueError(word)
    return word
