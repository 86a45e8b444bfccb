"""The days that the accountant looks at: mostly a month, or any span of a few."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext

from backoffice.errors import Refusal
from backoffice.invoices.months import Month
from backoffice.language import longdate, month_and_year

LONGEST = timedelta(days=731)


class TurnedRound(Refusal):
    def sentence(self) -> str:
        return gettext("The last day comes before the first: exchange them.")


class TooLong(Refusal):
    def sentence(self) -> str:
        return gettext("Choose two years at most.")


@dataclass(frozen=True)
class Span:
    """From the first day to the last, both included."""

    first: date
    last: date

    @classmethod
    def of(cls, first: date, last: date) -> "Span":
        """Raises TurnedRound, TooLong."""
        if last < first:
            raise TurnedRound(first=first, last=last)
        if last - first >= LONGEST:
            raise TooLong(first=first, last=last)
        return cls(first, last)

    @classmethod
    def of_month(cls, month: Month) -> "Span":
        return cls(month.first, month.last)

    @classmethod
    def read(cls, facts: dict[str, Any]) -> "Span":
        """As ``kept`` keeps it with a job."""
        return cls(date.fromisoformat(facts["first"]), date.fromisoformat(facts["last"]))

    def kept(self) -> dict[str, str]:
        """As a job's facts, a form and the query of an address hold it."""
        return {"first": self.first.isoformat(), "last": self.last.isoformat()}

    def arguments(self) -> dict[str, str]:
        """For an address that is nice to read."""
        return {"month": str(self.month)} if self.month else self.kept()

    @property
    def month(self) -> Month | None:
        """The month that it is, if it is one."""
        month = Month.of(self.first)
        return month if (self.first, self.last) == (month.first, month.last) else None

    @property
    def name(self) -> str:
        """For file names: 2026-10, or 2026-10-01_2026-12-31."""
        return str(self.month) if self.month else f"{self.first.isoformat()}_{self.last.isoformat()}"

    def words(self) -> str:
        """As a reader is told of it: octobre 2026; October 2026; or both days."""
        if self.month is not None:
            return month_and_year(self.first)
        return gettext("from %(first)s to %(last)s", first=longdate(self.first), last=longdate(self.last))
