"""What happens to mails."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.events import Event


@dataclass(frozen=True, kw_only=True)
class MailGivenUp(Event):
    """A mail of a deal was refused for good, or tried for the last time."""

    mail_id: int
    opportunity_id: int
    at: datetime
