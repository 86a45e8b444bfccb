"""What happens to clients themselves."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.events import Event


@dataclass(frozen=True, kw_only=True)
class ClientArchived(Event):
    client_id: int
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ClientRestored(Event):
    client_id: int
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ClientGivenTo(Event):
    """``former`` and ``owner``: of the staff."""

    client_id: int
    former: int
    owner: int
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ClientsMerged(Event):
    """``gone_name``: what the client that no longer stands for itself was called."""

    client_id: int
    gone_id: int
    gone_name: str
    by: int
    at: datetime
