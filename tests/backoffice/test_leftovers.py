"""What workers that were killed left in the archive."""

import os
import time

import pytest

from backoffice.archiving import forget_unfinished


@pytest.mark.parametrize("database", ["sqlite"])  # files do not depend on it
def test_only_what_was_left_unfinished_for_a_day_is_removed(app):
    folder = app.extensions["accord"].archive
    digest = app.extensions["accord.archive"].keep(b"a paper")
    kept = app.extensions["accord.archive"].path(digest)
    old, young = kept.parent / ".tmpold", kept.parent / ".tmpyoung"
    two_days_ago = time.time() - 2 * 24 * 3600
    for path in (old, young):
        path.touch()
    for path in (old, kept):
        os.utime(path, (two_days_ago, two_days_ago))
    try:
        forget_unfinished()
        assert (old.exists(), young.exists(), kept.exists()) == (False, True, True)
        assert folder in kept.parents
    finally:
        young.unlink()
