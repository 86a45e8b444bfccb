"""Runs migrations on either database.

SQLite alters a table by copying it and dropping the old one. With foreign keys on, that drop would
delete or refuse the children, so they are off during a migration and checked before the commit.
The copy also loses triggers: ``triggers.py`` puts them back after each run.
"""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from backoffice import models  # noqa: F401 - registers every table
from backoffice.db import Base, ScaledInteger, UTCDateTime, db
from backoffice.migrations import triggers


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


def run() -> None:
    engine = db.engine
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")  # has no effect once a transaction is open
            connection = connection.execution_options(begin="IMMEDIATE")  # noqa: PLW2901
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=compare_type,
            render_item=render_item,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            triggers.drop_all(connection)
            context.run_migrations()
            triggers.create_all(connection)
            if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"foreign keys broken by a migration: {broken[:5]}")
        if sqlite:
            driver.execute("PRAGMA foreign_keys=ON")


run()
