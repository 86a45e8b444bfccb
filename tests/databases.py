"""The two real databases the tests run on: SQLite files, and a PostgreSQL cluster of their own."""

import os
import pwd
import socket
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from backoffice.db import Base

REFERENCE = {"legal_texts", "alembic_version"}
"""Tables that migrations fill; tests leave them as they are."""
SEEDED = ("reasons", "vat_rates")
"""Tables that migrations fill and people change: they are filled anew."""
_seeds: dict[str, list[dict[str, Any]]] = {}


def postgresql_programs() -> Path | None:
    """The folder of initdb and pg_ctl: the newest that Debian installed."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name)
    )
    return found[-1].parent if found else None


class Cluster:
    """A PostgreSQL server of our own, thrown away afterwards. initdb refuses root, so it runs as ``postgres`` then.

    ``durable``: what is committed has reached the disk, as in earnest.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        programs = postgresql_programs()
        if programs is None:
            raise RuntimeError("PostgreSQL is not installed")
        self.programs = programs
        self.data = folder / "data"
        self.port = free_port()
        self.as_postgres: Callable[[], None] | None = None
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
            for above in folder.parents:  # pytest makes its folders private
                if above.stat().st_uid == 0 and not above.stat().st_mode & 0o001:
                    above.chmod(above.stat().st_mode | 0o011)

            def become() -> None:
                os.setgid(account.pw_gid)
                os.setuid(account.pw_uid)

            self.as_postgres = become
        self._run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            "postgres",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
        )
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=120"
        if not durable:
            # Without autovacuum nothing is analysed behind a test's back: its plans are the same in every run.
            options += " -c fsync=off -c full_page_writes=off -c autovacuum=off"
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", str(folder / "log"), "-o", options, "start")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.programs / program), *arguments],
            check=True,
            cwd="/",
            preexec_fn=self.as_postgres,
            stdout=subprocess.DEVNULL,
        )

    def create(self, name: str, template: str = "template1") -> str:
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def address(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def emptied(engine: sa.Engine) -> None:
    """As after the migrations. Without the triggers that forbid deletion, and many times quicker than TRUNCATE."""
    with engine.begin() as connection:
        _sown(connection)
        tables = [name for name in _growing(connection) if name != "counters"]
        acts = ["SET LOCAL session_replication_role = replica", *(f"DELETE FROM {name}" for name in tables)]  # noqa: S608 - names of tables
        # Out of each other's way first: a test may have given one series the letters of another.
        acts += ["UPDATE counters SET prefix = left(md5(series), 4)"]
        acts += [
            "UPDATE counters SET year = 2026, last = 0, last_on = NULL, year_form = 'apart', digits = 4, yearly = true, last_without_year = 0, revision = 1, prefix = CASE series WHEN 'quote' THEN 'D' WHEN 'order' THEN 'C' WHEN 'invoice' THEN 'F' WHEN 'credit_note' THEN 'A' ELSE prefix END"
        ]
        kept = ", ".join(f"'{name}_id_seq'" for name in sorted(REFERENCE))
        acts += [
            f"SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S' AND relname NOT IN ({kept})"  # noqa: S608
        ]
        connection.exec_driver_sql(";".join(acts))
        for name, rows in _seeds.items():
            connection.execute(Base.metadata.tables[name].insert(), rows)


def kept(engine: sa.Engine, name: str) -> None:
    """Remember all rows under a name, beside the tables themselves, for ``put_back``."""
    with engine.begin() as connection:
        acts = [f"CREATE SCHEMA {name}", f"CREATE TABLE {name}.sequences (sequence regclass, last bigint)"]
        acts += [f"CREATE TABLE {name}.{table} AS TABLE public.{table}" for table in _growing(connection)]
        numbers = "SELECT (schemaname || '.' || sequencename)::regclass, last_value FROM pg_sequences"
        acts += [f"INSERT INTO {name}.sequences {numbers} WHERE last_value IS NOT NULL"]
        connection.exec_driver_sql(";".join(acts))


def put_back(engine: sa.Engine, name: str) -> None:
    """As it was when it was kept, on a database that is ``emptied``; numbers go on where they stood."""
    with engine.begin() as connection:
        tables = _growing(connection)
        acts = ["SET LOCAL session_replication_role = replica", *(f"DELETE FROM {table}" for table in tables)]  # noqa: S608
        acts += [f"INSERT INTO public.{table} SELECT * FROM {name}.{table}" for table in tables]  # noqa: S608
        acts += [f"SELECT setval(sequence, last) FROM {name}.sequences"]  # noqa: S608
        connection.exec_driver_sql(";".join(acts))


def _growing(connection: sa.Connection) -> list[str]:
    return [name for name in sa.inspect(connection).get_table_names() if name not in REFERENCE]


def _sown(connection: sa.Connection) -> None:
    """Remember what the migrations sowed: the first database that is emptied is as they left it."""
    for name in SEEDED:
        if name not in _seeds:
            table = Base.metadata.tables[name]
            rows = connection.execute(table.select().order_by(table.c.id)).mappings()
            _seeds[name] = [{key: value for key, value in row.items() if key != "id"} for row in rows]


def replaced(path: Path, template: Path) -> None:
    """One database file as another is, page by page through SQLite itself: a connection that is still open somewhere is told.

    Copying the file under it would break its memory of the write-ahead log ("disk I/O error").
    """
    with closing(sqlite3.connect(template)) as source, closing(sqlite3.connect(path, timeout=10)) as target:
        target.execute("PRAGMA synchronous=OFF")
        source.backup(target)
