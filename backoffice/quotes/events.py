"""What happens to quotes."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.events import Event


@dataclass(frozen=True, kw_only=True)
class QuoteSent(Event):
    """A version went to the client. ``mailed`` is false when the rep only wanted a link to copy."""

    quote_id: int
    version_id: int
    opportunity_id: int
    link_id: int
    by: int
    mailed: bool
    at: datetime


@dataclass(frozen=True, kw_only=True)
class QuotePresented(Event):
    """A version that was sent before is shown to the client in person, on a browser of ours."""

    quote_id: int
    version_id: int
    opportunity_id: int
    link_id: int
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class QuoteSigned(Event):
    quote_id: int
    version_id: int
    opportunity_id: int
    link_id: int
    signature_id: int
    at: datetime
