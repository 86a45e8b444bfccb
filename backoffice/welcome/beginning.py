"""The first administrator of an untouched installation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.db import db
from backoffice.staff import sessions, throttle
from backoffice.staff.addresses import normal
from backoffice.staff.models import Role, StaffMember, StaffSession
from backoffice.staff.refusals import TooManyAttempts
from backoffice.staff.throttle import Guard
from backoffice.welcome.code import is_set_up_code
from backoffice.welcome.queries import is_untouched
from backoffice.welcome.refusals import AlreadyBegun, WrongCode
from backoffice.work import unit_of_work


@dataclass(frozen=True, kw_only=True)
class FirstAccount:
    """``password`` is its hash."""

    name: str
    email: str
    language: str
    password: str


def check_code(typed: str, *, key: str, guards: Sequence[Guard], at: datetime) -> None:
    """Raises AlreadyBegun, WrongCode, or TooManyAttempts while the counters say wait."""
    session = db.session()
    if not is_untouched(session):
        raise AlreadyBegun
    until = throttle.blocked_until(session, guards, at=at)
    if until is not None:
        raise TooManyAttempts(until=until, at=at)
    if is_set_up_code(typed, key=key):
        return
    with unit_of_work() as counting:
        for each in guards:
            each.count_failure(counting, at=at)
    raise WrongCode


def begin(account: FirstAccount, *, user_agent: str, at: datetime) -> tuple[StaffMember, StaffSession]:
    """The administrator, signed in. The code was checked. Raises AlreadyBegun: one of two at once is first."""
    with unit_of_work() as session:
        keep_others_waiting(session)
        if not is_untouched(session):
            raise AlreadyBegun
        member = StaffMember(
            email=normal(account.email),
            name=account.name,
            role=Role.ADMIN,
            language=account.language,
            password=account.password,
            created_at=at,
        )
        session.add(member)
        session.flush()  # the session names its owner by id
        return member, sessions.begin(session, staff_id=member.id, user_agent=user_agent, at=at)


def keep_others_waiting(session: Session) -> None:
    """Nobody else adds an account before this unit ends. SQLite has one writer at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("LOCK TABLE staff_members IN SHARE ROW EXCLUSIVE MODE"))
