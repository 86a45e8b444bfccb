"""What a reader is told who comes before the paper is there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backoffice.documents.models import Document
from backoffice.documents.views import is_late

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECOND, NIGHT = timedelta(seconds=1), timedelta(hours=9)


def paper(wanted: timedelta, due: timedelta, attempts: int = 0, error: str = "") -> Document:
    """Wanted so long ago, to be taken up in so long."""
    return Document(wanted_at=NOON - wanted, available_at=NOON + due, attempts=attempts, last_error=error)


@pytest.mark.parametrize(
    ("facts", "late"),
    [
        pytest.param({"wanted": SECOND, "due": -SECOND}, False, id="wanted a moment ago"),
        pytest.param({"wanted": SECOND, "due": 100 * SECOND, "attempts": 1}, False, id="in hand"),
        pytest.param(
            {"wanted": 30 * SECOND, "due": 10 * SECOND, "attempts": 2, "error": "no"}, False, id="tried twice"
        ),
        pytest.param(
            {"wanted": SECOND, "due": 100 * SECOND, "attempts": 3}, True, id="in hand for the third time"
        ),
        pytest.param({"wanted": NIGHT, "due": -NIGHT}, True, id="wanted long ago, nobody has come"),
        pytest.param(
            {"wanted": NIGHT, "due": 100 * SECOND, "attempts": 1}, False, id="wanted long ago, now in hand"
        ),
        pytest.param(
            {"wanted": NIGHT, "due": -SECOND, "attempts": 1},
            True,
            id="wanted long ago, its worker was killed",
        ),
        pytest.param(
            {"wanted": NIGHT, "due": 100 * SECOND, "attempts": 1, "error": "no"},
            True,
            id="wanted long ago, failed",
        ),
        pytest.param({"wanted": -NIGHT, "due": NIGHT}, True, id="wanted by a clock that was ahead"),
    ],
)
def test_when_a_paper_is_late(facts: dict[str, Any], *, late: bool):
    assert is_late(paper(**facts), NOON) is late
