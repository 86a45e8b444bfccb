"""Signing in and out: the counters, the password, the code, the session, each in its own time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.db import db
from backoffice.staff import second_factor, security, sessions, throttle
from backoffice.staff.events import AccountChanged
from backoffice.staff.members import Member
from backoffice.staff.models import AccountAct, StaffMember, StaffSession
from backoffice.staff.refusals import CodeNotRight, NotRight, StepExpired, TooManyAttempts, WrongPassword
from backoffice.staff.throttle import Guard
from backoffice.work import unit_of_work


@dataclass(frozen=True)
class SignedIn:
    """Whose password was right; ``begun`` is None when the code of the second factor is still owed."""

    member: StaffMember
    begun: StaffSession | None


def sign_in(
    *,
    email: str,
    password: str,
    guards: Sequence[Guard],
    user_agent: str,
    at: datetime,
    instead_of: UUID | None = None,
) -> SignedIn:
    """The first step. Raises NotRight, or TooManyAttempts while the counters say wait.

    ``instead_of`` is the session that this browser had before; it ends.
    """
    refuse_when_blocked(db.session(), guards, at=at)
    member = security.member_with(email, password)
    if member is None:
        count(guards, at=at)
        raise NotRight
    security.commit_changes()
    with unit_of_work() as session:
        # Again, for guesses checked at the same time: the right one among too many must not pass.
        refuse_when_blocked(session, guards, at=at)
        guards[0].forget(session)
        if instead_of is not None:
            sessions.end(session, instead_of, at=at)
        if member.has_second_factor:
            return SignedIn(member, None)
        return SignedIn(member, sessions.begin(session, staff_id=member.id, user_agent=user_agent, at=at))


def give_code(
    *, account: str, code: str, recovery_code: str, guards: Sequence[Guard], user_agent: str, at: datetime
) -> tuple[StaffMember, StaffSession]:
    """The second step: a code of the app, or a recovery code. Raises CodeNotRight, StepExpired, TooManyAttempts."""
    refuse_when_blocked(db.session(), guards, at=at)
    member = _owing(db.session(), account)
    db.session.expunge(member)
    db.session.rollback()  # no read transaction stays open while the code is computed
    counter = None if recovery_code else second_factor.right_counter(member, code)
    kept = second_factor.under_newest_key(member)
    with unit_of_work() as session:
        refuse_when_blocked(session, guards, at=at)
        found = _owing(session, account, lock=True)
        if _takes(found, counter, member) or (
            recovery_code and _takes_recovery_code(found, recovery_code, at=at)
        ):
            guards[0].forget(session)
            if kept is not None and found.tf_totp_secret == member.tf_totp_secret:
                found.tf_totp_secret = kept.secret
                found.mf_recovery_codes = [kept.codes.get(each, each) for each in found.mf_recovery_codes]
            return found, sessions.begin(session, staff_id=found.id, user_agent=user_agent, at=at)
    count(guards, at=at)
    raise CodeNotRight


def _owing(session: Session, account: str, *, lock: bool = False) -> StaffMember:
    """Whoever gave the password. Raises StepExpired when the account was closed or changed since."""
    query = sa.select(StaffMember).where(StaffMember.fs_uniquifier == account)
    member = session.scalar(query.with_for_update(key_share=True) if lock else query)
    if member is None or not member.is_active or not member.has_second_factor:
        raise StepExpired
    return member


def _takes(found: StaffMember, counter: int | None, checked: StaffMember) -> bool:
    """Whether a right code may be used, now that the row is locked: each step once, whoever was quicker."""
    if counter is None or found.tf_totp_secret != checked.tf_totp_secret:
        return False
    if found.tf_last_counter is not None and counter <= found.tf_last_counter:
        return False
    found.tf_last_counter = counter
    return True


def _takes_recovery_code(found: StaffMember, typed: str, *, at: datetime) -> bool:
    if not second_factor.use_recovery_code(found, typed):
        return False
    found.record(
        AccountChanged(
            staff_id=found.id, act=AccountAct.RECOVERY_CODE_USED, by=found.id, at=at,
            facts={"left": len(found.mf_recovery_codes)},
        )
    )  # fmt: skip
    return True


def take_back(lender: Member, password: str, *, guards: Sequence[Guard], at: datetime) -> None:
    """Open the back office of a lent browser again. Raises WrongPassword, TooManyAttempts."""
    refuse_when_blocked(db.session(), guards, at=at)
    member = security.member_with(lender.email, password)
    if member is None or member.id != lender.id:
        count(guards, at=at)
        raise WrongPassword
    security.commit_changes()
    with unit_of_work() as session:
        refuse_when_blocked(session, guards, at=at)
        guards[0].forget(session)
        sessions.take_back(session, lender.session_id)


def sign_out(session_id: UUID, *, at: datetime) -> None:
    with unit_of_work() as session:
        sessions.end(session, session_id, at=at)


def count(guards: Sequence[Guard], *, at: datetime) -> None:
    """One more failure. Raises TooManyAttempts for a guess that others, checked at the same time, have overtaken."""
    with unit_of_work() as session:
        overtaken = [each for each in guards if each.count_failure(session, at=at) > each.limit.failures]
    if overtaken:
        refuse_when_blocked(db.session(), guards, at=at)


def refuse_when_blocked(session: Session, guards: Sequence[Guard], *, at: datetime) -> None:
    until = throttle.blocked_until(session, guards, at=at)
    if until is not None:
        raise TooManyAttempts(until=until, at=at)
