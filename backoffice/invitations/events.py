"""What happens to an invitation."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.events import Event


@dataclass(frozen=True, kw_only=True)
class InvitationSent(Event):
    """Its link is to be mailed."""

    invitation_id: int
    by: int
    at: datetime
