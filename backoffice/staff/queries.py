"""People as pages load them."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from backoffice.errors import NotFound
from backoffice.staff.models import AccountEntry, StaffMember, StaffSession
from backoffice.staff.refusals import ResetLinkClosed
from backoffice.staff.tokens import bound_to

ENTRIES = 20


def everybody(session: Session) -> Sequence[StaffMember]:
    """Those who are with us by name, then those who have left."""
    left = StaffMember.archived_at.is_not(None)
    return session.scalars(sa.select(StaffMember).order_by(left, StaffMember.name, StaffMember.id)).all()


def member_shown(session: Session, member_id: int) -> StaffMember:
    """Raises NotFound."""
    member = session.get(StaffMember, member_id)
    if member is None:
        raise NotFound(member=member_id)
    return member


def member_of_link(session: Session, member_id: int, bound: str) -> StaffMember:
    """Raises ResetLinkClosed when the password has changed since the link was made, or the account is closed."""
    member = session.get(StaffMember, member_id)
    if member is None or not member.is_active or not hmac.compare_digest(bound_to(member), bound):
        raise ResetLinkClosed
    return member


def open_sessions(session: Session, member_id: int, *, at: datetime) -> Sequence[StaffSession]:
    """The newest first."""
    return session.scalars(
        sa.select(StaffSession)
        .where(
            StaffSession.staff_id == member_id,
            StaffSession.ended_at.is_(None),
            StaffSession.created_at > at - StaffSession.LASTS,
        )
        .order_by(StaffSession.created_at.desc(), StaffSession.id)
    ).all()


@dataclass(frozen=True)
class Told:
    """An entry and who did it, if it was somebody else."""

    entry: AccountEntry
    by: str


def entries_of(session: Session, member_id: int) -> list[Told]:
    """What happened to the account, the latest first."""
    actor = aliased(StaffMember)
    rows = session.execute(
        sa.select(AccountEntry, actor.name)
        .outerjoin(actor, sa.and_(actor.id == AccountEntry.by_id, actor.id != AccountEntry.staff_id))
        .where(AccountEntry.staff_id == member_id)
        .order_by(AccountEntry.at.desc(), AccountEntry.id.desc())
        .limit(ENTRIES)
    )
    return [Told(entry, name or "") for entry, name in rows]


def photo_named(session: Session, digest: str) -> bytes:
    """Of somebody who is with us. Raises NotFound."""
    data = session.scalars(
        sa.select(StaffMember.photo).where(
            StaffMember.photo_sha256 == digest, StaffMember.archived_at.is_(None)
        )
    ).first()
    if data is None:
        raise NotFound(photo=digest)
    return data
