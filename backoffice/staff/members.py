"""Who is at the keyboard, as a plain value."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

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

    @property
    def initials(self) -> str:
        return initials_of(self.name)


def member_signed_in(session: Session, session_id: UUID, *, account: str, at: datetime) -> Member | None:
    """Whose open session this is; None when it is ended, too old, of a closed or another account.

    One statement. ``account`` is the ``fs_uniquifier`` that the cookie was given.
    """
    row = session.execute(
        sa.select(
            StaffMember.id,
            StaffMember.name,
            StaffMember.role,
            StaffMember.language,
            StaffMember.email,
            StaffSession.lent_link_id,
            StaffMember.photo_sha256,
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
