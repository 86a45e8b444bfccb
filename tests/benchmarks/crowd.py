"""Many firms' years of work: a base made by the product's own verbs, then multiplied row by row in SQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from backoffice import clock
from backoffice.db import UTCDateTime, db
from backoffice.opportunities.models import Opportunity, Outcome, Phase
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import LIVE, VersionState
from tests import factories
from tests.benchmarks.installation import Installation

BASE = 100
"""Quotes that the base has; every hundredth of the crowd's is a copy of the same one."""
DEALS_OF_A_CLIENT = 10
SOURCES = ("Recommandation", "Site internet", "Salon de l’habitat")
STRIDE = 100_000
"""Between the ids of one copy and those of the next: more rows than any table of the base has."""
LEFT_OUT = {"documents", "outgoing_mails", "staff_sessions"}
"""The outbox, which is empty where the worker works, and people's browsers."""
TOLD_APART = {"clients": {"name", "search_text", "name_key"}, "orders": {"quote_number"}}
"""Texts by which somebody looks for one row: like those that are unique, each copy's end with its number."""
DAYS = 2
"""Between the days of one copy and those of the one before: a thousand copies are the work of five years."""
EARLIER = {
    "sqlite": {
        UTCDateTime: "strftime('%Y-%m-%d %H:%M:%f', {column}, '-' || ({days}) || ' days') || '000'",
        sa.Date: "date({column}, '-' || ({days}) || ' days')",
    },
    "postgresql": {
        UTCDateTime: "{column} - make_interval(days => {days})",
        sa.Date: "{column} - ({days})",
    },
}
RANDOM = {
    "sqlite": {sa.LargeBinary: "randomblob(16)", sa.Uuid: "lower(hex(randomblob(16)))"},
    "postgresql": {sa.LargeBinary: "uuid_send(gen_random_uuid())", sa.Uuid: "gen_random_uuid()"},
}
"""Other values that no two rows have in common."""


def make_base(here: Installation) -> None:
    """A tenth drafts, a third ordered, a fifth invoiced, some paid; ten deals to a client."""
    client, phases = here.client, factories.a_pipeline()
    for number in range(BASE):
        if number % DEALS_OF_A_CLIENT == 0:
            client = factories.a_client(here.rep, name=f"Cliente {number // DEALS_OF_A_CLIENT}")
        deal = factories.an_opportunity(here.rep, client, title=f"Bibliothèque {number}", phases=phases)
        if number % 10 == 0:
            factories.a_quote(deal)
        elif number % 3:
            factories.a_sent_quote(deal)
        else:
            _, _, signature = factories.a_signed_quote(deal)
            if number % 5 < 3:
                invoice = factories.an_invoice(factories.order_of(signature), issued=True)
                if number % 2:
                    factories.a_payment(invoice, "100")
    with db.engine.begin() as connection:
        for number, source in enumerate(SOURCES):
            some = Opportunity.id % (len(SOURCES) + 1) == number
            connection.execute(sa.update(Opportunity).where(some).values(source=source))
        for name in ("outgoing_mails", "documents"):
            connection.execute(sa.text(f"DELETE FROM {name}"))  # noqa: S608 - a name of ours


def multiply(copies: range) -> None:
    """Adds copies of the base; ``copies``: their numbers, from 1 on, each used once."""
    if not copies:
        return
    with _unguarded() as connection:
        for table in _growing():
            chosen = _copied(table, copies, connection.dialect.name)
            connection.execute(table.insert().from_select(list(table.columns), chosen))
        _sweep(connection)
    _settle()


def _settle() -> None:
    """As PostgreSQL does by itself in a quiet hour. SQLite keeps no statistics unless somebody asks, and nobody does."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
            connection.execute(sa.text("CHECKPOINT"))


def _sweep(connection: sa.Connection) -> None:
    """What the days have brought: offers that lapsed, and their deals with them."""
    late = QuoteVersion.state.in_(LIVE) & (QuoteVersion.closes_at < clock.now())
    connection.execute(sa.update(QuoteVersion).where(late).values(state=VersionState.EXPIRED))
    lapsed = sa.select(Quote.opportunity_id).join(QuoteVersion, QuoteVersion.id == Quote.live_version_id)
    lapsed = lapsed.where(QuoteVersion.state == VersionState.EXPIRED)
    expired = sa.select(Phase.id).where(Phase.outcome == Outcome.EXPIRED).scalar_subquery()
    connection.execute(sa.update(Opportunity).where(Opportunity.id.in_(lapsed)).values(phase_id=expired))


@contextmanager
def _unguarded() -> Iterator[sa.Connection]:
    """Foreign keys go in circles, rows come table by table, and what is frozen takes no more lines: nothing is checked."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET session_replication_role = replica"))
            yield connection
        else:
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA foreign_keys=OFF")  # ignored once a transaction has begun
            guards = connection.execute(
                sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            ).all()
            for name, _sql in guards:
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
            yield connection
            for _name, guard in guards:
                connection.exec_driver_sql(guard)
        connection.commit()
        connection.invalidate()  # it checks nothing any more


def _copied(table: sa.Table, copies: range, dialect: str) -> sa.Select[Any]:
    """The base's rows once for each copy: ids and keys between them moved on alike, days moved back."""
    random, earlier = RANDOM[dialect], EARLIER[dialect]
    numbers = sa.select(sa.literal(copies.start).label("k")).cte("copies", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.k + 1).where(numbers.c.k + 1 < copies.stop))
    shift, ending = numbers.c.k * STRIDE, "-" + sa.cast(numbers.c.k, sa.String)
    unique, growing, key = _unique(table), set(_growing()), next(iter(table.primary_key))
    columns: list[sa.ColumnElement[Any]] = []
    for column in table.columns:
        value: Any = column
        if column.name == "id" or any(key.column.table in growing for key in column.foreign_keys):
            value = column + shift
        elif column.name in unique and type(column.type) in random:
            value = sa.literal_column(random[type(column.type)], column.type)
        elif column.name in unique | TOLD_APART.get(table.name, set()):
            value = column + ending
        elif type(column.type) in earlier:
            days = "copies.k * " + str(DAYS)
            words = earlier[type(column.type)].format(column=f"{table.name}.{column.name}", days=days)
            value = sa.literal_column(words, column.type)
        columns.append(value.label(column.name))
    return sa.select(*columns).select_from(table.join(numbers, sa.true())).where(key < STRIDE)


def _growing() -> list[sa.Table]:
    """Clients, and all that hangs on a client."""
    found: list[sa.Table] = []
    for table in db.metadata.sorted_tables:
        hangs = any(key.column.table in found for key in table.foreign_keys)
        if table.name == "clients" or (hangs and table.name not in LEFT_OUT):
            found.append(table)
    return found


def _unique(table: sa.Table) -> set[str]:
    """Columns of which no two rows have the same value, keys to other tables aside."""
    alike = [list(each.columns) for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    alike += [list(each.columns) for each in table.indexes if each.unique]
    return {columns[0].name for columns in alike if len(columns) == 1 and not columns[0].foreign_keys}
