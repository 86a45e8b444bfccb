"""Making, changing and closing the accounts of people who sign in."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backoffice.errors import NotFound, StaleRevision
from backoffice.staff import sessions
from backoffice.staff.addresses import normal
from backoffice.staff.events import AccountChanged
from backoffice.staff.models import AccountAct, Role, StaffMember
from backoffice.staff.refusals import (
    AddressTaken,
    LastAdministrator,
    NamelessAccount,
    UnknownAccount,
    WrongAddress,
)
from backoffice.work import unit_of_work


def check(*, email: str, name: str) -> None:
    """What can be said without the database: raises WrongAddress or NamelessAccount."""
    try:
        validate_email(email.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise WrongAddress(email=email) from None
    if not name.strip():
        raise NamelessAccount


def new_account(
    *, email: str, name: str, role: Role, language: str, password: str, at: datetime
) -> StaffMember:
    """``password`` is its hash."""
    return StaffMember(
        email=normal(email),
        name=" ".join(name.split()),
        role=role,
        language=language,
        password=password,
        created_at=at,
    )


def add(*, email: str, name: str, role: Role, language: str, password: str, at: datetime) -> StaffMember:
    """A new account; ``password`` is its hash. Raises AddressTaken."""
    member = new_account(email=email, name=name, role=role, language=language, password=password, at=at)
    with taken_addresses_told(email), unit_of_work() as session:
        refuse_taken(session, email)
        session.add(member)
    return member


def refuse_taken(session: Session, email: str) -> None:
    """Raises AddressTaken when somebody has it, also somebody who has left."""
    if session.scalar(sa.select(StaffMember.id).where(StaffMember.email == normal(email))) is not None:
        raise AddressTaken(email=normal(email))


@contextmanager
def taken_addresses_told(email: str) -> Iterator[None]:
    """Somebody added the same address at the same moment; any other violation is a fault of ours."""
    try:
        yield
    except IntegrityError as error:
        if "email" not in str(error.orig):
            raise
        raise AddressTaken(email=normal(email)) from None


def change_password(*, email: str, password: str, at: datetime) -> StaffMember:
    """``password`` is its hash. Ends every session of the account. Raises UnknownAccount."""
    with unit_of_work() as session:
        member = _account(session, email)
        set_password(session, member, password, act=AccountAct.PASSWORD_CHANGED, by=None, at=at)
    return member


def set_password(
    session: Session, member: StaffMember, password: str, *, act: AccountAct, by: int | None, at: datetime
) -> None:
    """Every session ends; whatever was signed for the old password is void."""
    member.password = password
    member.fs_uniquifier = uuid.uuid4().hex
    sessions.end_sessions(session, member.id, at=at)
    member.record(AccountChanged(staff_id=member.id, act=act, by=by, at=at))


def archive(*, email: str, at: datetime) -> StaffMember:
    """The person has left: nothing is deleted, nobody signs in with it any more. Raises UnknownAccount."""
    with unit_of_work() as session:
        member = _account(session, email)
        close(session, member, by=None, at=at)
    return member


def close(session: Session, member: StaffMember, *, by: int | None, at: datetime) -> None:
    """Nobody signs in with it any more, and every browser is signed out."""
    if member.archived_at is None:
        member.archived_at = at
        member.record(AccountChanged(staff_id=member.id, act=AccountAct.LEFT, by=by, at=at))
    sessions.end_sessions(session, member.id, at=at)


def bring_back(session: Session, member_id: int, *, by: int, at: datetime) -> StaffMember:
    """Somebody who had left works here again, with the same password. Raises NotFound."""
    member = account_to_act_on(session, member_id)
    if member.archived_at is not None:
        member.archived_at = None
        member.record(AccountChanged(staff_id=member.id, act=AccountAct.BROUGHT_BACK, by=by, at=at))
    return member


def account_to_act_on(session: Session, member_id: int) -> StaffMember:
    """Locked, also one that is closed. Raises NotFound."""
    member = session.scalar(
        sa.select(StaffMember).where(StaffMember.id == member_id).with_for_update(key_share=True)
    )
    if member is None:
        raise NotFound(member=member_id)
    return member


def lock_administrators(session: Session) -> set[int]:
    """Those who can still sign in, locked in one order: two who step down at the same time meet here."""
    return set(
        session.scalars(
            sa.select(StaffMember.id)
            .where(StaffMember.role == Role.ADMIN, StaffMember.active, StaffMember.archived_at.is_(None))
            .order_by(StaffMember.id)
            .with_for_update(key_share=True)
        )
    )


def refuse_last(member: StaffMember, administrators: set[int]) -> None:
    """Raises LastAdministrator when nobody else could manage people."""
    if administrators == {member.id}:
        raise LastAdministrator(name=member.name)


def change_role(
    session: Session, member_id: int, role: Role, *, was: str, by: int, at: datetime
) -> StaffMember:
    """``was`` is the role that the page showed. Raises NotFound, StaleRevision, LastAdministrator."""
    administrators = lock_administrators(session)
    member = account_to_act_on(session, member_id)
    if member.role.value != was:
        raise StaleRevision(opened=was, stored=member.role.value)
    if role is member.role:
        return member
    if role is not Role.ADMIN:
        refuse_last(member, administrators)
    facts = {"from": member.role.value, "to": role.value}
    member.role = role
    member.record(AccountChanged(staff_id=member.id, act=AccountAct.ROLE_CHANGED, by=by, at=at, facts=facts))
    return member


def _account(session: Session, email: str) -> StaffMember:
    member = session.scalar(
        sa.select(StaffMember).where(StaffMember.email == normal(email)).with_for_update(key_share=True)
    )
    if member is None:
        raise UnknownAccount(email=normal(email))
    return member
