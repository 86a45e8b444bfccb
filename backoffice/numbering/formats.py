"""Changing how numbers are written: for those to come, never so that one could be given twice.

CGI ann. II, 242 nonies A, I 7°: invoices follow one chronological and continuous sequence; a series of
its own may begin anew every year when its numbers tell the year. XP Z12-012, BR-FR-01 and 02: at most 35
letters without accents, digits and ``+-_/``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import InstrumentedAttribute, Session

from backoffice.credit_notes.models import CreditNote
from backoffice.errors import Refusal, StaleRevision
from backoffice.invoices.models import Invoice
from backoffice.numbering.models import Counter, Series, YearForm, written
from backoffice.orders.models import Order
from backoffice.quotes.models import Quote

PREFIX = re.compile(r"[A-Z]{1,6}")
FEWEST_DIGITS, MOST_DIGITS = 1, 8
HIGHEST_START = 9_999_999
BEARERS: dict[Series, InstrumentedAttribute[str | None] | InstrumentedAttribute[str]] = {
    Series.QUOTE: Quote.number,
    Series.ORDER: Order.number,
    Series.INVOICE: Invoice.number,
    Series.CREDIT_NOTE: CreditNote.number,
}
"""Where the numbers of a series stand."""


class NotAPrefix(Refusal):
    def sentence(self) -> str:
        return gettext("Enter one to six letters from A to Z, without accents.")


class PrefixOfAnother(Refusal):
    def sentence(self) -> str:
        return gettext("Another series begins with the same letters: give each its own.")


class PrefixTaken(Refusal):
    def sentence(self) -> str:
        return gettext("Documents of another kind bear numbers that begin with these letters: choose others.")


class YearNeeded(Refusal):
    def sentence(self) -> str:
        return gettext("Numbers that begin anew every year must tell the year, or one would be given twice.")


class NumberWouldComeAgain(Refusal):
    """Fact: ``last``, the highest number given without its year."""

    def sentence(self) -> str:
        return gettext(
            "Without the year, number %(last)s was given already: keep the year in these numbers.",
            last=self.facts["last"],
        )


class SeriesBegun(Refusal):
    """The first number may be chosen until one is given."""

    def sentence(self) -> str:
        return gettext(
            "Numbers of this series have been given: the next one follows the last, without a gap."
        )


@dataclass(frozen=True, kw_only=True)
class Format:
    """How a series is to be written. ``start``: the number it begins with, only before its first."""

    prefix: str
    year_form: YearForm
    digits: int
    yearly: bool
    start: int | None = None


class WrongFormat(Exception):
    """``refusals``: per series the field that is wrong and why."""

    def __init__(self, refusals: Mapping[tuple[Series, str], Refusal]) -> None:
        super().__init__(", ".join(f"{series}.{name}" for series, name in refusals))
        self.refusals = refusals


def counters(session: Session, *, locked: bool = False) -> list[Counter]:
    """In the order of Series."""
    query = sa.select(Counter).order_by(Counter.series)
    rows = session.scalars(query.with_for_update() if locked else query).all()
    order = list(Series)
    return sorted(rows, key=lambda row: order.index(row.series))


def revision_of(rows: Sequence[Counter]) -> int:
    """One number that grows with every change of a format, and not with the numbers given."""
    return sum(row.revision for row in rows)


def example(form: Format | Counter, *, year: int, number: int) -> str:
    return written(form.prefix, form.year_form, form.digits, year=year, number=number)


def next_of(counter: Counter, today: date) -> str:
    """The number that the next document would get today."""
    number = 1 if counter.yearly and counter.year < today.year else counter.last + 1
    return example(counter, year=max(today.year, counter.year), number=number)


def change_formats(session: Session, wanted: Mapping[Series, Format], *, revision: int, today: date) -> None:
    """All series at once: a prefix may go from one to another. Raises StaleRevision, WrongFormat."""
    rows = counters(session, locked=True)
    stored = revision_of(rows)
    if revision != stored:
        raise StaleRevision(opened=revision, stored=stored)
    refusals: dict[tuple[Series, str], Refusal] = {}
    for row in rows:
        _check(session, row, wanted, refusals)
    if refusals:
        raise WrongFormat(refusals)
    changed = [row for row in rows if row.series in wanted and _differs(row, wanted[row.series])]
    for position, row in enumerate(changed):
        row.prefix = f"#{position}"  # no two are the same at any moment: the table would refuse
    session.flush()
    for row in changed:
        _apply(row, wanted[row.series], today)


def _differs(row: Counter, form: Format) -> bool:
    stored = (row.prefix, row.year_form, row.digits, row.yearly)
    starts = form.start is not None and form.start != row.last + 1
    return starts or stored != (form.prefix, form.year_form, form.digits, form.yearly)


def _apply(row: Counter, form: Format, today: date) -> None:
    row.prefix, row.year_form, row.digits, row.yearly = (
        form.prefix,
        form.year_form,
        form.digits,
        form.yearly,
    )
    if form.start is not None:
        row.year, row.last = today.year, form.start - 1
    row.revision += 1


def _check(
    session: Session,
    row: Counter,
    wanted: Mapping[Series, Format],
    refusals: dict[tuple[Series, str], Refusal],
) -> None:
    form = wanted.get(row.series)
    if form is None:
        return
    if not PREFIX.fullmatch(form.prefix):
        refusals[row.series, "prefix"] = NotAPrefix(typed=form.prefix)
    elif any(other.prefix == form.prefix for series, other in wanted.items() if series is not row.series):
        refusals[row.series, "prefix"] = PrefixOfAnother(prefix=form.prefix)
    elif form.prefix != row.prefix and _borne_by_others(session, row.series, form.prefix):
        refusals[row.series, "prefix"] = PrefixTaken(prefix=form.prefix)
    if form.yearly and form.year_form is YearForm.NONE:
        refusals[row.series, "yearly"] = YearNeeded()
    elif form.year_form is YearForm.NONE and row.last < row.last_without_year:
        refusals[row.series, "year_form"] = NumberWouldComeAgain(last=row.last_without_year)
    if form.start is not None and form.start != row.last + 1 and row.last_on is not None:
        refusals[row.series, "start"] = SeriesBegun(last=row.last)


def _borne_by_others(session: Session, series: Series, prefix: str) -> bool:
    """Whether a document of another series has a number of this prefix: what follows it is a dash or a year."""
    return any(
        session.scalar(
            sa.select(sa.true())
            .where(sa.or_(number.like(f"{prefix}-%"), number.like(f"{prefix}2%")))
            .limit(1)
        )
        for other, number in BEARERS.items()
        if other is not series
    )
