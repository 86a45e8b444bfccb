"""Calendar months, by which invoices are looked up."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Month:
    """A calendar month, as ``?month=2026-11`` names it; not of the very last year, whose end has no morrow."""

    year: int
    month: int

    @classmethod
    def read(cls, text: str | None) -> "Month | None":
        """None for anything that is not a month."""
        try:
            day = date.fromisoformat(f"{text}-01")
        except ValueError:
            return None
        return cls(day.year, day.month) if day.year < date.max.year else None

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def after(self) -> date:
        """The first day of the following month."""
        return (self.first + timedelta(days=31)).replace(day=1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
