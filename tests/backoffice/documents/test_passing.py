"""Files that are made to be fetched: whole or not there, and removed after some days."""

import os
import time

import pytest

from backoffice.documents.archive import Archive
from backoffice.documents.passing import KEPT


@pytest.fixture
def archive(tmp_path) -> Archive:
    return Archive(tmp_path / "archive")


def test_a_file_is_there_once_it_is_whole(archive):
    with archive.passing.writing("october") as file:
        file.write(b"first half, ")
        assert not archive.passing.path("october").exists()
        file.write(b"second half")
    assert archive.passing.path("october").read_bytes() == b"first half, second half"


def half_written(archive: Archive) -> None:
    with archive.passing.writing("october") as file:
        file.write(b"half")
        raise OSError("disk full")


def test_a_file_whose_writing_fails_leaves_nothing(archive):
    with pytest.raises(OSError, match="disk full"):
        half_written(archive)
    assert list(archive.passing.path("").iterdir()) == []


def test_what_is_older_than_some_days_is_removed_and_nothing_else(archive):
    kept = archive.keep(b"a document")
    for name in ("old", "young"):
        with archive.passing.writing(name) as file:
            file.write(b"x")
    long_ago = time.time() - KEPT.total_seconds() - 1
    for path in (archive.passing.path("old"), archive.path(kept)):
        os.utime(path, (long_ago, long_ago))
    archive.passing.forget_old()
    archive.passing.forget_old()
    assert [path.name for path in archive.passing.path("").iterdir()] == ["young"]
    assert archive.read(kept) == b"a document"


def test_no_passing_file_is_counted_among_the_archived(archive):
    digest = archive.keep(b"a document")
    with archive.passing.writing(digest) as file:
        file.write(b"x")
    assert list(archive.digests()) == [digest]


def test_forgetting_needs_no_folder(archive):
    archive.passing.forget_old()
