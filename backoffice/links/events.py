"""What happens to clients' links besides their being made by sending a version."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.events import Event


@dataclass(frozen=True, kw_only=True)
class LinkSent(Event):
    """A link was given to one more recipient, or sent once more. ``times``: how often it was mailed before."""

    quote_id: int
    version_id: int
    opportunity_id: int
    link_id: int
    by: int
    mailed: bool
    again: bool
    times: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class LinkRevoked(Event):
    """It opens nothing any more."""

    quote_id: int
    opportunity_id: int
    link_id: int
    by: int
    at: datetime
