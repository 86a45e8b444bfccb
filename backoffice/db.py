"""The database handle, the base of all entities and the column types. Imports no entity."""

import enum
import sqlite3
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, composite, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from backoffice.errors import StaleRevision

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC. Refuses naive values: they would be somebody's guess."""

    impl = sa.DateTime
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive moment {value!r}: pass an aware datetime")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ScaledInteger(TypeDecorator[Decimal]):
    """An exact decimal in Python, a whole number of its smallest step in the table."""

    impl = sa.BigInteger
    cache_ok = True
    places: int

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        return scaled(value, self.places)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else unscaled(value, self.places)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], Decimal | None]:
        """The same without the calls around it: a paper of a thousand lines has eight thousand decimals."""
        places = self.places
        return lambda value: None if value is None else unscaled(value, places)


def scaled(value: Decimal, places: int) -> int:
    """``Decimal("12.34")`` with 2 places is 1234; refuses other types and digits that would be lost."""
    if not isinstance(value, Decimal) or not value.is_finite():  # type: ignore[redundant-expr]  # a float would round in silence
        raise TypeError(f"exact decimal expected, not {value!r}")
    steps = value.scaleb(places)
    whole = int(steps)
    if steps != whole:
        raise ValueError(f"{value} has more than {places} decimal places: round it first")
    return whole


@lru_cache(maxsize=8192)
def unscaled(value: int, places: int) -> Decimal:
    """The reverse of ``scaled``. The lines of a paper repeat each other: rates, quantities, no discount."""
    return Decimal(value).scaleb(-places)


class Amount(ScaledInteger):
    """Money in hundredths of the currency unit."""

    places = 2
    cache_ok = True


class UnitPrice(ScaledInteger):
    """Price of one unit, in millionths of the currency unit (EN 16931 allows six decimals)."""

    places = 6
    cache_ok = True


class Quantity(ScaledInteger):
    """A quantity in ten-thousandths of its unit."""

    places = 4
    cache_ok = True


class Percent(ScaledInteger):
    """A percentage in hundredths of a percent: 20 % is stored as 2000."""

    places = 2
    cache_ok = True


def stored_by_value(enumeration: type[enum.StrEnum]) -> sa.Enum:
    """A StrEnum column that stores the value (not the Python name) and a CHECK that lists them."""
    return sa.Enum(
        enumeration,
        native_enum=False,
        create_constraint=True,
        length=32,
        name="".join(f"_{c.lower()}" if c.isupper() else c for c in enumeration.__name__).lstrip("_"),
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Typed, NOT NULL unless said otherwise, every constraint named."""

    # Flask-SQLAlchemy 3.1 refuses a type_annotation_map of its own on the base: it goes in the registry.
    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UTCDateTime,
            date: sa.Date,
            str: sa.Text,
            bytes: sa.LargeBinary,
            uuid.UUID: sa.Uuid(as_uuid=True),
        },
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

Key = Annotated[int, mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True)]
Id = Annotated[int, mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"))]


@dataclass(frozen=True)
class Bilingual:
    """A text that a client reads. When one language is empty the other is shown."""

    fr: str = ""
    en: str = ""

    def text(self, language: str) -> str:
        return (self.en or self.fr) if language == "en" else (self.fr or self.en)

    def __str__(self) -> str:
        return self.fr or self.en

    def __bool__(self) -> bool:
        return bool(self.fr or self.en)

    def as_content(self) -> dict[str, str]:
        return {"fr": self.fr, "en": self.en}


def bilingual(name: str) -> Any:
    """Two columns, ``<name>_fr`` and ``<name>_en``, read as one Bilingual."""
    return composite(
        Bilingual,
        mapped_column(f"{name}_fr", sa.Text, nullable=False, server_default=""),
        mapped_column(f"{name}_en", sa.Text, nullable=False, server_default=""),
    )


@dataclass(frozen=True)
class Address:
    """A postal address; ``country`` is the ISO 3166 code."""

    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"

    def as_content(self) -> dict[str, str]:
        return {"street": self.street, "postcode": self.postcode, "city": self.city, "country": self.country}

    def __bool__(self) -> bool:
        return bool(self.street or self.postcode or self.city)


def address(prefix: str = "") -> Any:
    """Four columns read as one Address."""
    return composite(
        Address,
        mapped_column(f"{prefix}street", sa.Text, nullable=False, server_default=""),
        mapped_column(f"{prefix}postcode", sa.Text, nullable=False, server_default=""),
        mapped_column(f"{prefix}city", sa.Text, nullable=False, server_default=""),
        mapped_column(f"{prefix}country", sa.String(2), nullable=False, server_default="FR"),
    )


class Revised:
    """Mixin of entities that two people may edit; their mapper names ``revision`` as version_id_col."""

    revision: Mapped[int]

    def opened_as(self, revision: int) -> None:
        """Refuse an edit that was begun on another revision than the one loaded."""
        if revision != self.revision:
            raise StaleRevision(opened=revision, stored=self.revision)


def one_of(column: str, values: Sequence[str]) -> str:
    """SQL text of a condition for partial indexes and checks, portable to both databases."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


def tune(engine: Engine) -> None:
    """Make each connection behave: real foreign keys and our own BEGIN on SQLite, a lock time-out on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _tune_postgresql)


def _tune_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not open transactions by itself: a deferred one that turns writer fails at once.
    connection.isolation_level = None
    # INSERT OR REPLACE would delete frozen rows behind the back of their triggers, were these not recursive.
    pragmas = (
        "busy_timeout=10000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
    )
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    mode = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _tune_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
        cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
    connection.commit()
