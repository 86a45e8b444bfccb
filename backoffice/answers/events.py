"""What happens when a client answers otherwise than by signing, and when nobody answers."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.events import Event


@dataclass(frozen=True, kw_only=True)
class OfVersion:
    """What every event of a version carries."""

    quote_id: int
    version_id: int
    opportunity_id: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ChangesRequested(OfVersion, Event):
    request_id: int


@dataclass(frozen=True, kw_only=True)
class RequestAnswered(OfVersion, Event):
    reply_id: int
    by: int


@dataclass(frozen=True, kw_only=True)
class QuoteRefused(OfVersion, Event):
    """``by``: who of ours recorded it, when the client said it by telephone."""

    refusal_id: int
    by: int | None


@dataclass(frozen=True, kw_only=True)
class QuoteWithdrawn(OfVersion, Event):
    withdrawal_id: int
    by: int


@dataclass(frozen=True, kw_only=True)
class QuoteLapsed(OfVersion, Event):
    """``at``: the end of the last day, however later the sweep came by."""


@dataclass(frozen=True, kw_only=True)
class RenewalAsked(OfVersion, Event):
    wish_id: int
