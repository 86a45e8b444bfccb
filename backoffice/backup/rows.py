"""Rows as lines of JSON that either database writes and reads alike.

A table is told by the kinds of its columns, so that rows of an older version are put back into the tables of that
version, and only then migrated. Money stays the whole number that the table holds.
"""

import base64
import enum
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from backoffice.db import ScaledInteger, UTCDateTime

AT_ONCE = 500
"""Rows read or written by one statement: what a restore holds in memory."""


class Kind(enum.StrEnum):
    """What a column holds."""

    WHOLE = "whole"
    TEXT = "text"
    BYTES = "bytes"
    TRUTH = "truth"
    DAY = "day"
    MOMENT = "moment"
    JSON = "json"
    UUID = "uuid"


TYPES: Mapping[Kind, sa.types.TypeEngine[Any]] = {
    Kind.WHOLE: sa.BigInteger(),
    Kind.TEXT: sa.Text(),
    Kind.BYTES: sa.LargeBinary(),
    Kind.TRUTH: sa.Boolean(),
    Kind.DAY: sa.Date(),
    Kind.MOMENT: UTCDateTime(),
    Kind.JSON: sa.JSON(none_as_null=True),
    Kind.UUID: sa.Uuid(as_uuid=True),
}
KINDS: tuple[tuple[type[sa.types.TypeEngine[Any]], Kind], ...] = (
    (ScaledInteger, Kind.WHOLE),
    (UTCDateTime, Kind.MOMENT),
    (sa.Integer, Kind.WHOLE),
    (sa.Boolean, Kind.TRUTH),
    (sa.Date, Kind.DAY),
    (sa.Uuid, Kind.UUID),
    (sa.JSON, Kind.JSON),
    (sa.LargeBinary, Kind.BYTES),
    (sa.String, Kind.TEXT),  # with Text and Enum, which are kinds of it
)
WRITTEN: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.BYTES: lambda value: base64.b64encode(value).decode(),
    Kind.DAY: date.isoformat,
    Kind.MOMENT: datetime.isoformat,
    Kind.UUID: str,
}
READ: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.BYTES: base64.b64decode,
    Kind.DAY: date.fromisoformat,
    Kind.MOMENT: datetime.fromisoformat,
    Kind.UUID: UUID,
}
Columns = Mapping[str, Kind]


class UnknownColumnType(Exception):
    """A column whose values nobody has said how to write down."""


def columns_of(table: sa.Table) -> dict[str, Kind]:
    return {column.name: _kind_of(column) for column in table.columns}


def _kind_of(column: sa.Column[Any]) -> Kind:
    for kind_of_type, kind in KINDS:
        if isinstance(column.type, kind_of_type):
            return kind
    raise UnknownColumnType(f"{column.table.name}.{column.name}: {column.type!r}")


def lines_of(connection: sa.Connection, name: str, columns: Columns, order: Iterable[str]) -> Iterator[bytes]:
    """Each row as a line, by ``order`` (its primary key), a few at a time in memory."""
    table = _table(name, columns)
    rows = connection.execute(
        sa.select(table).order_by(*(table.c[column] for column in order)),
        execution_options={"yield_per": AT_ONCE},
    )
    writers = [WRITTEN.get(kind) for kind in columns.values()]
    for row in rows:
        values = [
            value if write is None or value is None else write(value)
            for value, write in zip(row, writers, strict=True)
        ]
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def put_back(connection: sa.Connection, name: str, columns: Columns, lines: Iterable[bytes]) -> int:
    """Insert the rows of ``lines``; their number."""
    insert = sa.insert(_table(name, columns))
    readers = [(column, READ.get(kind)) for column, kind in columns.items()]
    count, held = 0, []
    for line in lines:
        values = json.loads(line)
        held.append(
            {
                column: value if read is None or value is None else read(value)
                for (column, read), value in zip(readers, values, strict=True)
            }
        )
        if len(held) == AT_ONCE:
            connection.execute(insert, held)
            count, held = count + len(held), []
    if held:
        connection.execute(insert, held)
    return count + len(held)


def _table(name: str, columns: Columns) -> sa.TableClause:
    return sa.table(name, *(sa.column(column, TYPES[kind]) for column, kind in columns.items()))
