"""Browsers signed in: rows that begin at sign-in and can be ended from anywhere."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.staff.models import StaffMember, StaffSession

LONGEST_USER_AGENT = 400


def begin(session: Session, *, staff_id: int, user_agent: str, at: datetime) -> StaffSession:
    """A new open session; its ``id`` is what the signed cookie holds."""
    begun = StaffSession(staff_id=staff_id, created_at=at, user_agent=user_agent[:LONGEST_USER_AGENT])
    session.add(begun)
    session.flush()  # gives the id
    return begun


def end(session: Session, session_id: UUID, *, at: datetime) -> None:
    """End one; nothing happens when it is unknown or ended already."""
    session.execute(
        sa.update(StaffSession)
        .where(StaffSession.id == session_id, StaffSession.ended_at.is_(None))
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )


def end_sessions(session: Session, staff_id: int, *, at: datetime, but: UUID | None = None) -> None:
    """End all of somebody's: a new password, an archived account. ``but`` is the one that goes on."""
    statement = sa.update(StaffSession).where(
        StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None)
    )
    if but is not None:
        statement = statement.where(StaffSession.id != but)
    session.execute(statement.values(ended_at=at).execution_options(synchronize_session=False))


def lend(session: Session, session_id: UUID, link_id: int, *, at: datetime) -> None:
    """Shut the back office of this browser: it is held out to the client of that link."""
    session.execute(
        sa.update(StaffSession)
        .where(StaffSession.id == session_id)
        .values(lent_at=at, lent_link_id=link_id)
        .execution_options(synchronize_session=False)
    )


def take_back(session: Session, session_id: UUID) -> None:
    """Open it again, for somebody whose password was right."""
    session.execute(
        sa.update(StaffSession)
        .where(StaffSession.id == session_id)
        .values(lent_at=None, lent_link_id=None)
        .execution_options(synchronize_session=False)
    )


def lender_of(session: Session, link_id: int, *, at: datetime) -> str | None:
    """The name of whoever holds a browser out to the client of this link now; None when nobody does."""
    return session.scalar(
        sa.select(StaffMember.name)
        .join(StaffSession, StaffSession.staff_id == StaffMember.id)
        .where(
            StaffSession.lent_link_id == link_id,
            StaffSession.ended_at.is_(None),
            StaffSession.created_at > at - StaffSession.LASTS,
        )
        .order_by(StaffSession.lent_at.desc())
        .limit(1)
    )
