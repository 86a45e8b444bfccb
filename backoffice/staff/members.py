"""Who is at the keyboard, as a plain value."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.notices.models import Notice
from backoffice.staff.models import Role, StaffMember, StaffSession, initials_of


@dataclass(frozen=True, kw_only=True)
class Member:
    """The signed-in person. Belongs to no database session, so it outlives every unit of work."""

    id: int
    name: str
    role: Role
    language: str
    email: str
    session_id: UUID
    lent_link_id: int | None = None  # the link whose client has this browser in hand
    photo_sha256: str | None = None
    unread: int = 0  # notices
    newest_unread: int = 0  # the id of the last of them

    @property
    def initials(self) -> str:
        return initials_of(self.name)


def member_signed_in(session: Session, session_id: UUID, *, account: str, at: datetime) -> Member | None:
    """Whose open session this is; None when it is ended, too old, of a closed or another account.

    One statement, what the bell of every page says included. ``account`` is the ``fs_uniquifier`` that the cookie
    was given.
    """
    unread = sa.select(sa.func.count(Notice.id)).where(
        Notice.staff_id == StaffMember.id, Notice.read_at.is_(None)
    )
    newest = unread.with_only_columns(sa.func.coalesce(sa.func.max(Notice.id), 0))
    row = session.execute(
        sa.select(
            StaffMember.id,
            StaffMember.name,
            StaffMember.role,
            StaffMember.language,
            StaffMember.email,
            StaffSession.lent_link_id,
            StaffMember.photo_sha256,
            unread.scalar_subquery().label("unread"),
            newest.scalar_subquery().label("newest_unread"),
        )
        .join(StaffSession, StaffSession.staff_id == StaffMember.id)
        .where(
            StaffSession.id == session_id,
            StaffSession.ended_at.is_(None),
            StaffSession.created_at > at - StaffSession.LASTS,
            StaffMember.fs_uniquifier == account,
            StaffMember.active,
            StaffMember.archived_at.is_(None),
        )
    ).one_or_none()
    return None if row is None else Member(**row._asdict(), session_id=session_id)
