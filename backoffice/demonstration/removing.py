"""Takes a demonstration away as a whole, so that a real firm can begin where it was.

What a demonstration issued was never real: this is the one place where frozen rows may go. It is one transaction,
in which the triggers that freeze them are dropped and made anew; if anything fails, they and every row are still there.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.clients.models import Client
from backoffice.db import Base
from backoffice.errors import Conflict, Refusal
from backoffice.invoices.models import Invoice
from backoffice.migrations import triggers
from backoffice.numbering.models import Counter, Series, YearForm
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.quotes.models import Quote
from backoffice.seller.models import ONLY, Seller
from backoffice.staff.models import StaffMember

KEPT = frozenset({"vat_rates", "legal_texts", "reasons", "counters", "failure_counters"})
"""What migrations fill, and what slows down guessing. Counters are set back."""
FIRST_PREFIXES = {Series.QUOTE: "D", Series.ORDER: "C", Series.INVOICE: "F", Series.CREDIT_NOTE: "A"}


class NotADemonstration(Conflict):
    """Real data is never removed."""

    def sentence(self) -> str:
        return gettext("This installation holds the data of a real firm. It is never removed from here.")


class WrongWord(Refusal):
    """Fact: ``word``, what must be typed."""

    def sentence(self) -> str:
        return gettext("Type “%(word)s” to confirm.", word=self.facts["word"])


@dataclass(frozen=True, kw_only=True)
class Contents:
    """How much there is of what people would miss."""

    staff: int
    clients: int
    opportunities: int
    quotes: int
    orders: int
    invoices: int


def contents(session: Session) -> Contents:
    counted = {
        "staff": StaffMember,
        "clients": Client,
        "opportunities": Opportunity,
        "quotes": Quote,
        "orders": Order,
        "invoices": Invoice,
    }
    return Contents(
        **{
            name: session.scalars(sa.select(sa.func.count()).select_from(entity)).one()
            for name, entity in counted.items()
        }
    )


def remove_demonstration(session: Session) -> None:
    """Everything but what migrations fill, inside the caller's unit of work. Raises NotADemonstration."""
    seller = session.get(Seller, ONLY, with_for_update=True)
    if seller is None or not seller.demonstration:
        raise NotADemonstration
    session.expunge_all()
    connection = session.connection()
    triggers.drop_all(connection)
    _empty(connection)
    _count_anew(session)
    triggers.create_all(connection)


def _empty(connection: sa.Connection) -> None:
    """Children before parents; what points in a circle is let go first."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in KEPT]
    for table in tables:
        for key in table.foreign_keys:
            if key.constraint is not None and key.constraint.use_alter:
                connection.execute(table.update().values({key.parent.name: None}))
    for table in reversed(tables):
        own = [key for key in table.foreign_keys if key.column.table is table]
        if not own:
            connection.execute(table.delete())
            continue
        other = table.alias()
        referred = [sa.exists().where(other.c[key.parent.name] == key.column) for key in own]
        while connection.execute(table.delete().where(*(sa.not_(each) for each in referred))).rowcount:
            pass


def _count_anew(session: Session) -> None:
    """Numbers that were invented bind nobody."""
    rows = session.scalars(sa.select(Counter)).all()
    for row in rows:
        row.prefix = f"#{row.series[:7]}" if row.series in FIRST_PREFIXES else row.prefix
    session.flush()  # no two prefixes are the same at any moment
    for row in rows:
        row.prefix = FIRST_PREFIXES.get(row.series, row.prefix)
        row.last, row.last_on, row.last_without_year = 0, None, 0
        row.year_form, row.digits, row.yearly = YearForm.APART, 4, True
        row.revision += 1
    session.flush()
