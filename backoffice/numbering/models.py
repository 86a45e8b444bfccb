"""Counters of document numbers, one row per series."""

import enum
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Base, stored_by_value


class Series(enum.StrEnum):
    """Each series counts by itself and begins anew every year."""

    QUOTE = "quote"
    ORDER = "order"
    INVOICE = "invoice"


class Counter(Base):
    """The last number given in a series, and its date."""

    __tablename__ = "counters"

    series: Mapped[Series] = mapped_column(stored_by_value(Series), primary_key=True)
    prefix: Mapped[str] = mapped_column(sa.String(8))
    year: Mapped[int]
    last: Mapped[int]
    last_on: Mapped[date | None]
