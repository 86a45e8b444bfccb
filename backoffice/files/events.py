"""What happens to files of a deal."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backoffice.events import Event


class FileAct(StrEnum):
    ADDED = "added"
    ARCHIVED = "archived"
    RESTORED = "restored"


@dataclass(frozen=True, kw_only=True)
class FileTouched(Event):
    opportunity_id: int
    file_id: int
    name: str
    act: FileAct
    by: int
    at: datetime
