"""What happens to tasks and appointments."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.events import Event


@dataclass(frozen=True, kw_only=True)
class TaskPlanned(Event):
    """A task or an appointment was made, or given to somebody else. ``is_new`` tells which."""

    task_id: int
    opportunity_id: int
    assignee_id: int
    is_new: bool
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class TaskFinished(Event):
    task_id: int
    opportunity_id: int
    title: str
    by: int
    at: datetime
