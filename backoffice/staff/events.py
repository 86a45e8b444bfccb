"""What happens to an account."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backoffice.events import Event
from backoffice.staff.models import AccountAct


@dataclass(frozen=True, kw_only=True)
class AccountChanged(Event):
    """``by``: who of ours did it; None from the command line or by a link in a mail."""

    staff_id: int
    act: AccountAct
    by: int | None
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
