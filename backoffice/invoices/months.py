"""Calendar months, by which orders and invoices are looked up."""

from dataclasses import dataclass
from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, as ``?month=2026-11`` names it."""

    year: int
    month: int

    @classmethod
    def read(cls, text: str | None) -> "Month | None":
        """None for anything that is not a month of these hundred years."""
        try:
            day = date.fromisoformat(f"{text}-01")
        except ValueError:
            return None
        return cls.of(day) if FIRST_YEAR <= day.year < LAST_YEAR else None

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def after(self) -> date:
        """The first day of the following month."""
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def last(self) -> date:
        return self.after - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def months_between(first: date, last: date) -> list[Month]:
    """All from that of ``first`` to that of ``last``, the latest first."""
    found = [Month.of(first)]
    while found[-1].after <= last:
        found.append(Month.of(found[-1].after))
    return found[::-1]
