"""Counters of document numbers, one row per series."""

import enum
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Base, stored_by_value


class Series(enum.StrEnum):
    """Each series counts by itself."""

    QUOTE = "quote"
    ORDER = "order"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class YearForm(enum.StrEnum):
    """How a number tells its year: F-0001, F-2026-0001 or F2026-0001."""

    NONE = "none"
    APART = "apart"
    JOINED = "joined"


class Counter(Base):
    """The last number given in a series, its date, and how the next one is written.

    Prefixes are letters only and differ from series to series: whatever follows, no number can be of two series.
    ``yearly``: the count begins anew every year. ``last_without_year``: the highest number ever written without one.
    ``revision`` counts the changes of the format alone.
    """

    __tablename__ = "counters"
    __table_args__ = (
        sa.UniqueConstraint("prefix"),
        sa.CheckConstraint("digits BETWEEN 1 AND 8", "digits_fit"),
        sa.CheckConstraint("year_form <> 'none' OR NOT yearly", "begins_anew_with_its_year"),
    )

    series: Mapped[Series] = mapped_column(stored_by_value(Series), primary_key=True)
    prefix: Mapped[str] = mapped_column(sa.String(8))
    year: Mapped[int]
    last: Mapped[int]
    last_on: Mapped[date | None]
    year_form: Mapped[YearForm] = mapped_column(
        stored_by_value(YearForm), default=YearForm.APART, server_default="apart"
    )
    digits: Mapped[int] = mapped_column(default=4, server_default="4")
    yearly: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    last_without_year: Mapped[int] = mapped_column(default=0, server_default="0")
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    def take(self, on: date) -> str:
        """Count one further and write it, as "F-2026-0001"; ``on`` never lies before ``last_on``."""
        if on.year != self.year:
            self.year = on.year
            if self.yearly:
                self.last = 0
        self.last += 1
        self.last_on = on
        if self.year_form is YearForm.NONE:
            self.last_without_year = self.last
        return written(self.prefix, self.year_form, self.digits, year=self.year, number=self.last)


def written(prefix: str, year_form: YearForm, digits: int, *, year: int, number: int) -> str:
    """A number as its documents bear it."""
    head = {
        YearForm.NONE: prefix,
        YearForm.APART: f"{prefix}-{year}",
        YearForm.JOINED: f"{prefix}{year}",
    }[year_form]
    return f"{head}-{number:0{digits}d}"
