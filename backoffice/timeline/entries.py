"""How an event becomes an entry of a deal's timeline: each noun registers its own."""

from functools import singledispatch
from typing import Any

from sqlalchemy.orm import Session

from backoffice.events import Event
from backoffice.timeline.models import EntryKind, TimelineEntry


@singledispatch
def entry_of(event: Event, session: Session) -> TimelineEntry:
    """Facts only, so that any language can tell them."""
    raise NotImplementedError(type(event).__name__)


def entry(event: Any, kind: EntryKind, facts: dict[str, Any], *, by: int | None = None) -> TimelineEntry:
    """An entry of the event's deal; ``by`` is a member of the staff, None for a client or a clock."""
    return TimelineEntry(
        opportunity_id=event.opportunity_id, at=event.at, kind=kind, staff_id=by, facts=facts
    )
