"""Making a backup: one file with every row, as they stood at one moment, and every archived document.

The rows come first, from one transaction: what they speak of is in the archive already, and nothing leaves an archive.
"""

import gzip
import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from alembic.migration import MigrationContext

from backoffice.backup.manifest import DOCUMENT, NAME, SPOILED, Manifest, TableTold
from backoffice.backup.rows import columns_of, lines_of
from backoffice.db import Base
from backoffice.documents.archive import Archive, ArchiveDamaged

Told = Callable[[str, int, int], None]
"""What is being done, how much of it is done, out of how much."""
PRIVATE = 0o600


class NotMigrated(Exception):
    """The tables are not those of this version: ``db upgrade`` comes first."""


def make_backup(
    engine: sa.Engine, archive: Archive, destination: Path, *, at: datetime, head: str, told: Told
) -> list[str]:
    """Write ``destination``, whole or not at all, for its owner's eyes alone.

    Returns the digests of documents that the disk has spoiled, which are left out. Raises NotMigrated,
    and OSError (as FileExistsError) when the file cannot be written.
    """
    if destination.exists():
        raise FileExistsError(destination)
    with tempfile.TemporaryDirectory(dir=destination.parent, prefix=".backup-") as folder:
        tables, database = _tables_written(engine, Path(folder), head, told)
        digests = sorted(archive.digests())
        manifest = Manifest(
            revision=head, made_at=at.isoformat(), database=database, tables=tables, archive=digests
        )
        unfinished = Path(folder) / "backup.tar"
        unfinished.touch(PRIVATE)
        with unfinished.open("wb") as file:
            spoiled = _pack(file, manifest, Path(folder), archive, told)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, destination)  # never over another
    return spoiled


def _tables_written(engine: sa.Engine, folder: Path, head: str, told: Told) -> tuple[list[TableTold], str]:
    written = []
    with _one_moment(engine) as connection:
        if MigrationContext.configure(connection).get_current_revision() != head:
            raise NotMigrated
        tables = Base.metadata.sorted_tables
        for done, table in enumerate(tables):
            told("tables", done, len(tables))
            written.append(_table_written(connection, table, folder))
        told("tables", len(tables), len(tables))
    return written, engine.dialect.name


@contextmanager
def _one_moment(engine: sa.Engine) -> Iterator[sa.Connection]:
    """All that is read here is as it was at one moment; writers do not wait. SQLite always reads so."""
    with engine.connect() as plain:
        connection = (
            plain
            if engine.dialect.name == "sqlite"
            else plain.execution_options(isolation_level="REPEATABLE READ")
        )
        with connection.begin():
            yield connection


def _table_written(connection: sa.Connection, table: sa.Table, folder: Path) -> TableTold:
    columns, key = columns_of(table), [column.name for column in table.primary_key]
    digest, rows = hashlib.sha256(), 0
    path = folder / f"{table.name}.jsonl.gz"
    # Without name and time in its head the same rows give the same file.
    with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0, compresslevel=6) as packed:
        for line in lines_of(connection, table.name, columns, key):
            digest.update(line)
            packed.write(line)
            rows += 1
    return TableTold(name=table.name, columns=columns, key=key, rows=rows, sha256=digest.hexdigest())


def _pack(file: BinaryIO, manifest: Manifest, folder: Path, archive: Archive, told: Told) -> list[str]:
    spoiled = []
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        _add(tar, NAME, manifest.as_bytes())
        for table in manifest.tables:
            path = folder / f"{table.name}.jsonl.gz"
            tar.add(path, table.file_name, filter=_nameless)
        for done, digest in enumerate(manifest.archive):
            told("documents", done, len(manifest.archive))
            try:
                _add(tar, DOCUMENT.format(digest), archive.read(digest))
            except ArchiveDamaged:
                _add(tar, SPOILED.format(digest), b"")
                spoiled.append(digest)
        told("documents", len(manifest.archive), len(manifest.archive))
    return spoiled


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), PRIVATE
    tar.addfile(member, io.BytesIO(data))


def _nameless(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Whose machine it was is nobody's business."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = PRIVATE
    return member
