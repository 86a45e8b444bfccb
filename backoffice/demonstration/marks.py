"""What the home folder keeps of a demonstration: its passwords, and files that tell how far it has come."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

from backoffice.settings import Settings


def accounts_file() -> Path:
    settings: Settings = current_app.extensions["accord"]
    return settings.home / "demonstration.json"


def removed_file() -> Path:
    """There once a demonstration was removed on purpose: starting the server does not bring it back."""
    return accounts_file().with_suffix(".removed")


def forget() -> None:
    """After its removal: no passwords of accounts that are gone, and no load that would go on."""
    for each in (accounts_file(), unfinished_file()):
        each.unlink(missing_ok=True)
    removed_file().touch(mode=0o600)


def unfinished_file() -> Path:
    return accounts_file().with_suffix(".unfinished")


@contextmanager
def alone() -> Iterator[None]:
    """One load at a time in this home folder; the next waits."""
    handle = os.open(accounts_file().with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_privately(path: Path, text: str) -> None:
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
