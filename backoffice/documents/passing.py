"""Files that are made to be fetched and then forgotten, such as a month's papers in one ZIP.

They lie in a folder of their own beside the archive, which nothing leaves: no backup holds them, and whatever is
removed here is no document.
"""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

KEPT = timedelta(days=7)


class PassingFiles:
    """A folder of files, each named by whoever makes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str) -> Path:
        return self._folder / name

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """A file to write piece by piece; there whole at the end, or not at all when anything goes wrong meanwhile."""
        self._folder.mkdir(parents=True, exist_ok=True)
        # What a killed worker leaves begins with a dot, and goes with the archive's own unfinished files.
        handle, unfinished = tempfile.mkstemp(dir=self._folder, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            Path(unfinished).replace(self.path(name))
        finally:
            Path(unfinished).unlink(missing_ok=True)

    def forget_old(self) -> None:
        """Remove what was made longer than ``KEPT`` ago."""
        for path in self._folder.glob("[!.]*"):
            with contextlib.suppress(FileNotFoundError):  # removed by another worker
                if time.time() - path.stat().st_mtime > KEPT.total_seconds():
                    path.unlink()
