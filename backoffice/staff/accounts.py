"""Making, changing and closing the accounts of people who sign in."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backoffice.staff import sessions
from backoffice.staff.addresses import normal
from backoffice.staff.models import Role, StaffMember
from backoffice.staff.refusals import AddressTaken, NamelessAccount, UnknownAccount, WrongAddress
from backoffice.work import unit_of_work


def check(*, email: str, name: str) -> None:
    """What can be said without the database: raises WrongAddress or NamelessAccount."""
    try:
        validate_email(email.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise WrongAddress(email=email) from None
    if not name.strip():
        raise NamelessAccount


def add(*, email: str, name: str, role: Role, language: str, password: str, at: datetime) -> StaffMember:
    """A new account; ``password`` is its hash. Raises AddressTaken."""
    member = StaffMember(
        email=normal(email),
        name=" ".join(name.split()),
        role=role,
        language=language,
        password=password,
        created_at=at,
    )
    try:
        with unit_of_work() as session:
            if session.scalar(sa.select(StaffMember.id).where(StaffMember.email == member.email)) is not None:
                raise AddressTaken(email=member.email)
            session.add(member)
    except IntegrityError as error:
        # Somebody added the same address at the same moment; any other violation is a fault of ours.
        if "email" not in str(error.orig):
            raise
        raise AddressTaken(email=normal(email)) from None
    return member


def change_password(*, email: str, password: str, at: datetime) -> StaffMember:
    """``password`` is its hash. Ends every session of the account. Raises UnknownAccount."""
    with unit_of_work() as session:
        member = _account(session, email)
        member.password = password
        member.fs_uniquifier = uuid.uuid4().hex  # whatever was signed for the old one is void
        sessions.end_sessions(session, member.id, at=at)
    return member


def archive(*, email: str, at: datetime) -> StaffMember:
    """The person has left: nothing is deleted, nobody signs in with it any more. Raises UnknownAccount."""
    with unit_of_work() as session:
        member = _account(session, email)
        member.archived_at = member.archived_at or at
        sessions.end_sessions(session, member.id, at=at)
    return member


def _account(session: Session, email: str) -> StaffMember:
    member = session.scalar(
        sa.select(StaffMember).where(StaffMember.email == normal(email)).with_for_update()
    )
    if member is None:
        raise UnknownAccount(email=normal(email))
    return member
