"""HTML into PDF, in processes of our own that can be limited and killed.

WeasyPrint draws with C libraries that threads must not share, so it lives in spawned processes only:
neither the web server nor the worker's threads ever import it.
"""

import contextlib
import fcntl
import math
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from backoffice.documents import channel

_PROJECT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60.0
_FOLDER = "accord-render-"
_LEFT_OVER_SECONDS = 24 * 3600
_INHERITED = ("PATH", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "LANG", "LC_ALL")


class RenderFailed(Exception):
    """The document could not be made."""


class RenderTimeout(RenderFailed):
    """The document took longer than allowed; its process was killed."""


class Renderer:
    """A pool of ``size`` rendering processes, started when first needed; safe to call from any thread.

    ``seconds`` bounds the wall time of one document, ``memory`` (bytes) the address space of a process,
    ``documents`` how many one process makes before a fresh one replaces it.
    """

    def __init__(
        self, size: int = 1, *, seconds: float = 30.0, memory: int = 1024 * 1024 * 1024, documents: int = 50
    ) -> None:
        self._seconds = seconds
        self._memory = memory
        self._documents = documents
        self._idle: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        self._closed = threading.Event()
        for _ in range(size):
            self._idle.put(None)

    def pdf(
        self, html: str, files: Mapping[str, bytes] | None = None, *, seconds: float | None = None
    ) -> bytes:
        """The PDF/A of ``html``, which may name the packaged files and ``files`` under ``packaged.ORIGIN``.

        Same input, same bytes. Waits for a free process. Raises ``RenderFailed`` or ``RenderTimeout``.
        """
        child = self._free()
        try:
            if child is None:
                child = _Child(self._memory)
            answer = child.render(html, files or {}, seconds or self._seconds)
        except BaseException:
            if child is not None:
                child.end()
            child = None
            raise
        finally:
            if child is not None and (child.made >= self._documents or self._closed.is_set()):
                child.end()
                child = None
            self._idle.put(child)
        return answer

    def _free(self) -> "_Child | None":
        """A place in the pool, with the living process in it, if any."""
        child = self._idle.get()
        if self._closed.is_set():
            self._idle.put(child)
            raise RenderFailed("the renderer is closed")
        if child is not None and not child.alive:
            child.end()
            return None
        return child

    def close(self) -> None:
        """End the idle processes now, and each busy one when its document is done."""
        self._closed.set()
        idle = []
        with contextlib.suppress(queue.Empty):
            while True:
                idle.append(self._idle.get_nowait())
        for child in idle:
            if child is not None:
                child.end()
            # Whoever waits for a process must be told, too.
            self._idle.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def forget_leftovers() -> None:
    """Remove the temporary folders that killed workers left on this machine more than a day ago."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        with contextlib.suppress(OSError):  # another's, in use, or already gone
            if time.time() - folder.stat().st_mtime < _LEFT_OVER_SECONDS:
                continue
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(lock)


class _Child:
    """One rendering process, its end of the line, and the folder for its temporary files."""

    def __init__(self, memory: int) -> None:
        self.made = 0
        # A killed process cannot remove its own temporary files.
        self._folder = tempfile.TemporaryDirectory(prefix=_FOLDER)
        # Locked while its owner lives: what the owner leaves when it is killed can be told from what is in use.
        self._lock = os.open(self._folder.name, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._link, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
                [
                    sys.executable,
                    "-m",
                    "backoffice.documents.rendering_process",
                    str(theirs.fileno()),
                    str(memory),
                ],
                cwd=_PROJECT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )
        try:
            channel.receive(self._link, deadline=time.monotonic() + _START_SECONDS)
        except (channel.Hung, channel.Closed):
            self.end()
            raise RenderFailed("the rendering process did not start") from None

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def render(self, html: str, files: Mapping[str, bytes], seconds: float) -> bytes:
        self.made += 1
        deadline = time.monotonic() + seconds
        names = {f"file:{name}": data for name, data in files.items()}
        try:
            # Only what the clock could not end, a process gone astray after its time, meets the processor limit.
            head = {"processor_seconds": math.ceil(seconds) + 2}
            channel.send(self._link, head, {"html": html.encode(), **names}, deadline=deadline)
            answer, parts = channel.receive(self._link, deadline=deadline)
        except channel.Hung:
            raise RenderTimeout(f"not ready within {seconds:g} s") from None
        except channel.Closed:
            raise RenderFailed("the rendering process ended: out of memory or of processor time") from None
        if "error" in answer:
            raise RenderFailed(answer["error"])
        return parts["pdf"]

    def end(self) -> None:
        self._link.close()
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()
        os.close(self._lock)

    def _environment(self) -> dict[str, str]:
        """The few variables that drawing needs: a process that reads clients' text has no business with secrets."""
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return {**inherited, "TMPDIR": self._folder.name, "HOME": self._folder.name, "PYTHONHASHSEED": "0"}
