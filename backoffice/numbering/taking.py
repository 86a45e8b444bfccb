"""Numbers without gaps or duplicates: taken last, in the transaction that uses them.

CGI ann. II, 242 nonies A, I 7°: invoices follow one chronological and continuous sequence.
A rolled-back transaction gives its number back; the row lock makes others wait until then.
"""

from collections.abc import Callable
from datetime import date

from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.errors import Conflict
from backoffice.language import longdate
from backoffice.numbering.models import Counter, Series

CHRONOLOGICAL = frozenset({Series.INVOICE, Series.CREDIT_NOTE})


class DateWouldGoBack(Conflict):
    """The clock is behind the last document of a series that must be chronological."""

    def title(self) -> str:
        return gettext("The date would go backwards")

    def sentence(self) -> str:
        return gettext(
            "The last document of this series is dated %(last)s, later than today according to this server. "
            "No number was used. "
            "Have the server’s date and time checked, then try again.",
            last=longdate(self.facts["last"]),
        )


def take_number(session: Session, series: Series, today: Callable[[], date]) -> tuple[str, date]:
    """The next number of ``series`` and its date, as ("F-2026-0001", 2026-11-20).

    ``today`` is asked after the lock is held, so that dates follow numbers.
    """
    counter = session.get_one(Counter, series, with_for_update=True, populate_existing=True)
    on = today()
    if counter.last_on is not None and on < counter.last_on:
        if series in CHRONOLOGICAL:
            raise DateWouldGoBack(series=series.value, last=counter.last_on, today=on)
        on = counter.last_on
    number = counter.take(on)
    session.flush()  # the number must be written before anything that bears it
    return number, on
