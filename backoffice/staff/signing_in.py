"""Signing in and out: the counters, the password, the session, each in its own time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backoffice.db import db
from backoffice.staff import security, sessions, throttle
from backoffice.staff.models import StaffMember, StaffSession
from backoffice.staff.refusals import NotRight, TooManyAttempts
from backoffice.staff.throttle import Guard
from backoffice.work import unit_of_work


def sign_in(
    *,
    email: str,
    password: str,
    guards: Sequence[Guard],
    user_agent: str,
    at: datetime,
    instead_of: UUID | None = None,
) -> tuple[StaffMember, StaffSession]:
    """The member and the new session. Raises NotRight, or TooManyAttempts while the counters say wait.

    ``instead_of`` is the session that this browser had before; it ends.
    """
    _refuse_when_blocked(db.session(), guards, at=at)
    member = security.member_with(email, password)
    if member is None:
        _count(guards, at=at)
        raise NotRight
    security.commit_changes()
    with unit_of_work() as session:
        # Again, for guesses checked at the same time: the right one among too many must not pass.
        _refuse_when_blocked(session, guards, at=at)
        guards[0].forget(session)
        if instead_of is not None:
            sessions.end(session, instead_of, at=at)
        return member, sessions.begin(session, staff_id=member.id, user_agent=user_agent, at=at)


def sign_out(session_id: UUID, *, at: datetime) -> None:
    with unit_of_work() as session:
        sessions.end(session, session_id, at=at)


def _count(guards: Sequence[Guard], *, at: datetime) -> None:
    """Raises TooManyAttempts for a guess that others, checked at the same time, have overtaken."""
    with unit_of_work() as session:
        overtaken = [each for each in guards if each.count_failure(session, at=at) > each.limit.failures]
    if overtaken:
        _refuse_when_blocked(db.session(), guards, at=at)


def _refuse_when_blocked(session: Session, guards: Sequence[Guard], *, at: datetime) -> None:
    until = throttle.blocked_until(session, guards, at=at)
    if until is not None:
        raise TooManyAttempts(until=until, at=at)
