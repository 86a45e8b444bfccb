"""Runs migrations on either database.

SQLite alters a table by copying it and dropping the old one. With foreign keys on, that drop would
delete or refuse the children, so they are off during a migration and checked before the commit.
The copy also loses triggers: ``triggers.py`` puts them back after each run that changed something.

Upgrades started at once go one after the other, and the later ones find nothing left to do.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from backoffice import models  # noqa: F401 - registers every table
from backoffice.db import Base, ScaledInteger, UTCDateTime, db
from backoffice.migrations import triggers

LONGEST_UPGRADE_MINUTES = 15
ONE_AT_A_TIME = 0x4163636F7264
"""The number of PostgreSQL's advisory lock that upgrades take: "Accord" in ASCII."""


def render_item(kind: str, item: object, _autogen: object) -> str | Literal[False]:
    """Migrations are frozen: they name plain column types, not our Python ones."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, ScaledInteger):
        return "sa.BigInteger()"
    return False


def compare_type(
    _context: Any, _inspected: object, _metadata: object, inspected_type: object, metadata_type: object
) -> bool | None:
    if isinstance(metadata_type, UTCDateTime):
        return not isinstance(inspected_type, sa.DateTime)
    if isinstance(metadata_type, ScaledInteger):
        return not isinstance(inspected_type, sa.BigInteger)
    return None


def with_triggers(
    connection: sa.Connection, steps_from: Callable[..., Iterable[Any]]
) -> Callable[..., Iterator[Any]]:
    """``steps_from`` with the triggers away meanwhile. Without a step they are not touched: that would lock tables."""

    def steps(*given: Any) -> Iterator[Any]:
        found = list(steps_from(*given))
        if not found:
            return
        triggers.drop_all(connection)
        yield from found
        triggers.create_all(connection)
        if connection.dialect.name == "sqlite":
            check_foreign_keys(connection)

    return steps


def check_foreign_keys(connection: sa.Connection) -> None:
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
        raise RuntimeError(f"foreign keys broken by a migration: {broken[:5]}")


def wait_for_others(connection: sa.Connection) -> None:
    """Until no other upgrade of this database is under way, and keep others waiting until the end of this one."""
    if connection.dialect.name == "sqlite":
        return  # BEGIN IMMEDIATE has done so
    patience = connection.exec_driver_sql("SHOW lock_timeout").scalar_one()
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LONGEST_UPGRADE_MINUTES}min'")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{patience}'")


def run() -> None:
    engine = db.engine
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")  # has no effect once a transaction is open
            patience = driver.execute("PRAGMA busy_timeout").fetchone()[0]
            driver.execute(f"PRAGMA busy_timeout={LONGEST_UPGRADE_MINUTES * 60_000}")
            connection = connection.execution_options(begin="IMMEDIATE")  # noqa: PLW2901
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=compare_type,
            render_item=render_item,
            transactional_ddl=True,
        )
        work = context.get_context()
        work._migrations_fn = with_triggers(connection, work.opts["fn"])  # noqa: SLF001 - nothing public tells the steps
        with context.begin_transaction():
            wait_for_others(connection)
            context.run_migrations()
        if sqlite:
            driver.execute("PRAGMA foreign_keys=ON")
            driver.execute(f"PRAGMA busy_timeout={patience}")


run()
