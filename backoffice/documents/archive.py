"""The archive: bytes kept once under the name of their own SHA-256, and never changed."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from backoffice.documents.passing import PassingFiles

_SHA256 = re.compile(r"[0-9a-f]{64}")


class NotArchived(LookupError):
    """Nothing is kept under this digest."""


class ArchiveDamaged(Exception):
    """What is kept under a digest no longer has that digest."""


class Archive:
    """A folder of bytes addressed by their SHA-256 (lower-case hexadecimal); ``passing``: what is not to stay."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.passing = PassingFiles(folder / "passing")

    def keep(self, data: bytes) -> str:
        """Store ``data`` durably and return its digest; keeping the same bytes twice stores them once."""
        digest = hashlib.sha256(data).hexdigest()
        place = self.path(digest)
        if self._holds(place, digest):
            return digest
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".")
        unfinished = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.chmod(0o440)
            unfinished.replace(place)
        finally:
            unfinished.unlink(missing_ok=True)
        # The new names themselves must survive a loss of power, up to the folder that was there before.
        for folder in (place.parent, self._folder, self._folder.parent):
            _settle(folder)
        self.read(digest)
        return digest

    def read(self, digest: str) -> bytes:
        """The bytes kept under ``digest``, verified; raises ``NotArchived`` or ``ArchiveDamaged``."""
        with self.open(digest) as file:
            data = file.read()
        if hashlib.sha256(data).hexdigest() != digest:
            raise ArchiveDamaged(digest)
        return data

    def open(self, digest: str) -> BinaryIO:
        """The bytes kept under ``digest`` as a stream, not verified: for sending without holding them in memory."""
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError:
            raise NotArchived(digest) from None

    def digests(self) -> Iterator[str]:
        """Of all that is kept."""
        return (path.name for path in self._folder.glob("??/*") if _SHA256.fullmatch(path.name))

    def path(self, digest: str) -> Path:
        """Where the bytes of ``digest`` are kept; raises ``NotArchived`` for what is not a digest."""
        if not _SHA256.fullmatch(digest):
            raise NotArchived(digest)
        return self._folder / digest[:2] / digest

    def _holds(self, place: Path, digest: str) -> bool:
        """Whether ``place`` has the right bytes: a copy spoiled by the disk is to be written again."""
        try:
            with place.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == digest
        except FileNotFoundError:
            return False


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
