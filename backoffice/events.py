"""Facts that happened to entities, recorded where they happen and answered in ``reactions``."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events. Frozen, made of ids and plain facts."""


_open_list: ContextVar[list[Event] | None] = ContextVar("events of the open unit of work", default=None)


@contextmanager
def collecting(events: list[Event]) -> Iterator[None]:
    """While open, everything recorded anywhere is appended to ``events``."""
    token = _open_list.set(events)
    try:
        yield
    finally:
        _open_list.reset(token)


class RecordsEvents:
    """Mixin of entities that record. Without an open unit of work an entity keeps its own list.

    So rules can be tested without a database.
    """

    def record(self, event: Event) -> None:
        events = _open_list.get()
        if events is None:
            events = self.__dict__.setdefault("_events", [])
        events.append(event)

    def take_events(self) -> list[Event]:
        """What was recorded outside a unit of work; each event is given once."""
        return list(self.__dict__.pop("_events", []))
