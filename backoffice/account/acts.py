"""What somebody does to their own account. Passwords and codes were checked before: that is slow."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backoffice.staff import accounts, second_factor, sessions
from backoffice.staff.events import AccountChanged
from backoffice.staff.models import AccountAct, StaffMember, StaffSession
from backoffice.staff.refusals import CodeNotRight, NoSecondFactor


def save_profile(
    session: Session, member_id: int, *, name: str, function: str, phone: str, language: str
) -> None:
    """What colleagues and clients read of somebody."""
    member = accounts.account_to_act_on(session, member_id)
    member.name, member.function, member.phone, member.language = name, function, phone, language


def show_face(session: Session, member_id: int, photo: bytes | None) -> None:
    """``photo`` is a small JPEG; None shows two letters instead."""
    member = accounts.account_to_act_on(session, member_id)
    member.photo = photo
    member.photo_sha256 = None if photo is None else hashlib.sha256(photo).hexdigest()


def change_password(
    session: Session, member_id: int, *, password: str, user_agent: str, at: datetime
) -> tuple[StaffMember, StaffSession]:
    """``password`` is its hash. Every session ends; the one given back is for the browser that asked."""
    member = accounts.account_to_act_on(session, member_id)
    accounts.set_password(session, member, password, act=AccountAct.PASSWORD_CHANGED, by=member_id, at=at)
    return member, sessions.begin(session, staff_id=member_id, user_agent=user_agent, at=at)


def turn_on(
    session: Session, member_id: int, *, secret: str, counter: int, keeping: UUID, at: datetime
) -> None:
    """From now on sign-in asks for a code; the code just given is used. Other browsers are signed out.

    Raises CodeNotRight when that very set-up was completed already.
    """
    member = accounts.account_to_act_on(session, member_id)
    if member.tf_totp_secret == secret:
        raise CodeNotRight
    member.tf_totp_secret, member.tf_last_counter = secret, counter
    second_factor.give_recovery_codes(member)
    sessions.end_sessions(session, member_id, at=at, but=keeping)
    _record(member, AccountAct.SECOND_FACTOR_ON, by=member_id, at=at)


def turn_off(session: Session, member_id: int, *, by: int, at: datetime) -> StaffMember:
    """By oneself or by an administrator. Raises NotFound, NoSecondFactor."""
    member = accounts.account_to_act_on(session, member_id)
    if not member.has_second_factor:
        raise NoSecondFactor
    member.tf_totp_secret, member.tf_last_counter, member.mf_recovery_codes = None, None, []
    own = by == member_id
    if not own:  # the telephone may be lost with a browser that is signed in
        sessions.end_sessions(session, member_id, at=at)
    act = AccountAct.SECOND_FACTOR_OFF if own else AccountAct.SECOND_FACTOR_TAKEN_OFF
    _record(member, act, by=by, at=at)
    return member


def renew_codes(session: Session, member_id: int, *, at: datetime) -> None:
    """Ten new recovery codes; the others are void. Raises NoSecondFactor."""
    member = accounts.account_to_act_on(session, member_id)
    if not member.has_second_factor:
        raise NoSecondFactor
    second_factor.give_recovery_codes(member)
    _record(member, AccountAct.RECOVERY_CODES_RENEWED, by=member_id, at=at)


def _record(member: StaffMember, act: AccountAct, *, by: int, at: datetime) -> None:
    member.record(AccountChanged(staff_id=member.id, act=act, by=by, at=at))
