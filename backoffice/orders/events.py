"""What happens to orders."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.events import Event


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Event):
    order_id: int
    number: str
    opportunity_id: int
    at: datetime
