"""What people write into a deal's history: notes, and calls they had.

An honest log: what is written stays, under the name of who wrote it. Who was wrong writes again.
"""

from datetime import datetime

from flask_babel import gettext

from backoffice.errors import Refusal
from backoffice.timeline.models import EntryKind, TimelineEntry


class CallToCome(Refusal):
    """A call of tomorrow is a task."""

    def sentence(self) -> str:
        return gettext("A call that is recorded has taken place. Plan one to come as a task.")


def written_note(opportunity_id: int, words: str, *, by: int, at: datetime) -> TimelineEntry:
    return TimelineEntry(
        opportunity_id=opportunity_id, at=at, kind=EntryKind.NOTE, staff_id=by, facts={"words": words}
    )


def recorded_call(
    opportunity_id: int, words: str, *, answered: bool, held_at: datetime | None, by: int, at: datetime
) -> TimelineEntry:
    """``held_at``: when it took place, None for just now. Raises CallToCome."""
    if held_at is not None and held_at > at:
        raise CallToCome(held_at=held_at)
    facts = {"words": words, "answered": answered, "noted_at": at.isoformat()}
    return TimelineEntry(
        opportunity_id=opportunity_id, at=held_at or at, kind=EntryKind.CALL, staff_id=by, facts=facts
    )
