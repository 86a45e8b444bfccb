"""What happens when somebody hands over their work."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.events import Event


@dataclass(frozen=True, kw_only=True)
class DealsHandedOver(Event):
    """All of somebody's deals now belong to somebody else."""

    opportunity_ids: tuple[int, ...]
    giver: int
    taker: int
    by: int
    at: datetime
