"""The present password, asked again before an act that a borrowed browser must not do."""

from collections.abc import Sequence
from datetime import datetime

from backoffice.db import db
from backoffice.staff import security
from backoffice.staff.models import StaffMember
from backoffice.staff.refusals import PasswordNotRight
from backoffice.staff.signing_in import count, refuse_when_blocked
from backoffice.staff.throttle import Guard
from backoffice.work import unit_of_work


def prove(member_id: int, password: str, *, guards: Sequence[Guard], at: datetime) -> StaffMember:
    """The account as it is stored, detached. Raises PasswordNotRight, TooManyAttempts. Slow."""
    refuse_when_blocked(db.session(), guards, at=at)
    member = security.member_proved(member_id, password)
    if member is None:
        count(guards, at=at)
        raise PasswordNotRight
    with unit_of_work() as session:
        # Again, for guesses checked at the same time: the right one among too many must not pass.
        refuse_when_blocked(session, guards, at=at)
        guards[0].forget(session)
    return member
