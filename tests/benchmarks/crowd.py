"""Many firms' years of work: a base made by the product's own verbs, then multiplied row by row in SQL."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from backoffice.db import db
from tests import factories
from tests.benchmarks.installation import Installation

BASE = 100
"""Quotes that the base has; every hundredth of the crowd's is a copy of the same one."""
DEALS_OF_A_CLIENT = 10
STRIDE = 100_000
"""Between the ids of one copy and those of the next: more rows than any table of the base has."""
LEFT_OUT = {"documents", "outgoing_mails", "staff_sessions"}
"""The outbox, which is empty where the worker works, and people's browsers."""
TOLD_APART = {"clients": {"name", "search_text", "name_key"}}
"""Texts by which somebody looks for one row: like those that are unique, each copy's end with its number."""
RANDOM = {
    "sqlite": {sa.LargeBinary: "randomblob(16)", sa.Uuid: "lower(hex(randomblob(16)))"},
    "postgresql": {sa.LargeBinary: "uuid_send(gen_random_uuid())", sa.Uuid: "gen_random_uuid()"},
}
"""Other values that no two rows have in common."""


def make_base(here: Installation) -> None:
    """A tenth drafts, a third ordered, a fifth invoiced, some paid; ten deals to a client."""
    client = here.client
    for number in range(BASE):
        if number % DEALS_OF_A_CLIENT == 0:
            client = factories.a_client(here.rep, name=f"Cliente {number // DEALS_OF_A_CLIENT}")
        deal = factories.an_opportunity(here.rep, client, title=f"Bibliothèque {number}")
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
        for name in ("outgoing_mails", "documents"):
            connection.execute(sa.text(f"DELETE FROM {name}"))  # noqa: S608 - a name of ours


def multiply(copies: range) -> None:
    """Adds copies of the base; ``copies``: their numbers, from 1 on, each used once."""
    if not copies:
        return
    with _unguarded() as connection:
        for table in _growing():
            chosen = _copied(table, copies, RANDOM[connection.dialect.name])
            connection.execute(table.insert().from_select(list(table.columns), chosen))
    with db.engine.begin() as connection:
        connection.execute(sa.text("ANALYZE"))


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


def _copied(table: sa.Table, copies: range, random: Mapping[type, str]) -> sa.Select[Any]:
    """The base's rows once for each copy: ids and keys between them moved on alike."""
    numbers = sa.select(sa.literal(copies.start).label("k")).cte("copies", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.k + 1).where(numbers.c.k + 1 < copies.stop))
    shift, ending = numbers.c.k * STRIDE, "-" + sa.cast(numbers.c.k, sa.String)
    unique, growing = _unique(table), set(_growing())
    columns: list[sa.ColumnElement[Any]] = []
    for column in table.columns:
        value: Any = column
        if column.name == "id" or any(key.column.table in growing for key in column.foreign_keys):
            value = column + shift
        elif column.name in unique and type(column.type) in random:
            value = sa.literal_column(random[type(column.type)], column.type)
        elif column.name in unique | TOLD_APART.get(table.name, set()):
            value = column + ending
        columns.append(value.label(column.name))
    return sa.select(*columns).select_from(table.join(numbers, sa.true())).where(table.c.id < STRIDE)


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
