"""Putting a backup back: into an installation that nobody uses yet, on either database, all or nothing.

The tables are made as they were when the backup was taken, filled, compared with the backup line by line, and only
then brought up to this version.
"""

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from backoffice.backup.making import Told
from backoffice.backup.manifest import DOCUMENT, NAME, SPOILED, Manifest, NotABackup, TableTold
from backoffice.backup.rows import lines_of, put_back
from backoffice.documents.archive import Archive
from backoffice.migrations import triggers

SIGNS_OF_USE = ("seller", "staff_members")


class InUse(Exception):
    """The installation has a seller or staff: a backup would have to be mixed with it."""


class BackupDamaged(Exception):
    """What the file holds is not what it says it holds."""


class MadeByNewerVersion(Exception):
    """The tables of the backup are of a revision that this version does not know."""


@dataclass(frozen=True)
class Restored:
    """``spoiled``: digests of documents that the backup says it could not read."""

    manifest: Manifest
    spoiled: Sequence[str]


def restore(
    engine: sa.Engine,
    archive: Archive,
    source: Path,
    *,
    revisions: Iterable[str],
    migrate: Callable[[str], None],
    told: Told,
) -> Restored:
    """Put ``source`` back. ``migrate`` brings the tables up to a revision; ``revisions`` are those known.

    Raises InUse, NotABackup, BackupDamaged, MadeByNewerVersion; then the tables are as they were, or empty.
    """
    try:
        with tarfile.open(source, "r:") as tar:
            manifest = Manifest.read(_member(tar, NAME).read())
            _refuse_unfit(engine, manifest, set(revisions))
            spoiled = _keep_documents(tar, manifest, archive, told)
            migrate(manifest.revision)
            with _unfettered(engine) as connection:
                _empty(connection)
                _fill(connection, tar, manifest, told)
                _compare(connection, manifest)
    except tarfile.TarError as error:
        raise NotABackup(str(error)) from error
    except sa.exc.IntegrityError as error:
        raise BackupDamaged("rows that others belong to are missing") from error
    migrate("head")
    return Restored(manifest, spoiled)


def _refuse_unfit(engine: sa.Engine, manifest: Manifest, revisions: set[str]) -> None:
    if manifest.revision not in revisions:
        raise MadeByNewerVersion(manifest.revision)
    with engine.connect() as connection:
        there = set(sa.inspect(connection).get_table_names())
        for table in SIGNS_OF_USE:
            if table in there and connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))):
                raise InUse(table)


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        found = tar.extractfile(name)
    except KeyError:
        found = None
    if found is None:
        raise NotABackup(f"{name} is missing") if name == NAME else BackupDamaged(f"{name} is missing")
    return found


def _keep_documents(tar: tarfile.TarFile, manifest: Manifest, archive: Archive, told: Told) -> Sequence[str]:
    """Before any row: a document that nothing speaks of does no harm. Gives those that the backup calls spoiled."""
    there, spoiled = set(tar.getnames()), []
    for done, digest in enumerate(manifest.archive):
        told("documents", done, len(manifest.archive))
        if SPOILED.format(digest) in there:
            spoiled.append(digest)
            continue
        data = _member(tar, DOCUMENT.format(digest)).read()
        if hashlib.sha256(data).hexdigest() != digest:
            raise BackupDamaged(digest)
        archive.keep(data)
    told("documents", len(manifest.archive), len(manifest.archive))
    return spoiled


def _fill(connection: sa.Connection, tar: tarfile.TarFile, manifest: Manifest, told: Told) -> None:
    for done, table in enumerate(manifest.tables):
        told("tables", done, len(manifest.tables))
        with _unpacked(tar, table) as lines:
            rows = put_back(connection, table.name, table.columns, lines)
        if rows != table.rows:
            raise BackupDamaged(table.name)
    told("tables", len(manifest.tables), len(manifest.tables))


@contextmanager
def _unpacked(tar: tarfile.TarFile, table: TableTold) -> Iterator[gzip.GzipFile]:
    try:
        with gzip.open(_member(tar, table.file_name), "rb") as lines:
            yield lines
    except (
        OSError,
        EOFError,
        zlib.error,
        ValueError,
        TypeError,
        LookupError,
        sa.exc.StatementError,
    ) as error:
        raise BackupDamaged(table.name) from error


def _compare(connection: sa.Connection, manifest: Manifest) -> None:
    """Each table, written down again, must be what the backup holds, to the letter."""
    for table in manifest.tables:
        digest = hashlib.sha256()
        for line in lines_of(connection, table.name, table.columns, table.key):
            digest.update(line)
        if digest.hexdigest() != table.sha256:
            raise BackupDamaged(table.name)


def _empty(connection: sa.Connection) -> None:
    """What migrations have put there is in the backup too."""
    for name in sa.inspect(connection).get_table_names():
        if name != "alembic_version":
            connection.execute(sa.delete(sa.table(name)))


@contextmanager
def _unfettered(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction in which frozen rows can be written and a row may come before the one it points to."""
    with engine.connect() as plain:
        sqlite = engine.dialect.name == "sqlite"
        connection = plain.execution_options(begin="IMMEDIATE") if sqlite else plain
        with connection.begin():
            triggers.drop_all(connection)
            if sqlite:
                connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
                yield connection
            else:
                references = _references(connection)
                _alter(connection, references, "DEFERRABLE INITIALLY DEFERRED")
                yield connection
                connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
                _alter(connection, references, "NOT DEFERRABLE")
                _set_sequences(connection)
            triggers.create_all(connection)


def _references(connection: sa.Connection) -> list[tuple[str, str]]:
    """Table and name of each foreign key."""
    rows = connection.exec_driver_sql(
        "SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint"
        " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    )
    return [(table, name) for table, name in rows]


def _alter(connection: sa.Connection, references: list[tuple[str, str]], manner: str) -> None:
    for table, name in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER CONSTRAINT {name} {manner}")


def _set_sequences(connection: sa.Connection) -> None:
    """The next key that the table itself gives comes after those put back."""
    rows = connection.exec_driver_sql(
        "SELECT quote_ident(table_name), quote_ident(column_name),"
        " pg_get_serial_sequence(quote_ident(table_name), column_name)"
        " FROM information_schema.columns WHERE table_schema = current_schema()"
        " AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL"
    ).all()
    for table, column, sequence in rows:
        highest = connection.exec_driver_sql(f"SELECT max({column}) FROM {table}").scalar()  # noqa: S608 - names of ours
        if highest is not None:
            connection.execute(sa.select(sa.func.setval(sequence, highest)))
