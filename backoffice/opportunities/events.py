"""What happens to deals besides their quotes."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.db import Bilingual
from backoffice.events import Event


@dataclass(frozen=True, kw_only=True)
class OpportunityOpened(Event):
    """``copied_from``: the deal that it is a copy of."""

    opportunity_id: int
    owner_id: int
    by: int
    at: datetime
    copied_from: int | None = None


@dataclass(frozen=True, kw_only=True)
class OpportunityLost(Event):
    """``former``: the phase it was in; ``reason`` as it was named then."""

    opportunity_id: int
    former: int
    phase: int
    reason: Bilingual
    words: str
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OpportunityExpired(Event):
    """Somebody gave it up: the client never answered."""

    opportunity_id: int
    former: int
    phase: int
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OpportunityReopened(Event):
    opportunity_id: int
    former: int
    phase: int
    by: int
    at: datetime
