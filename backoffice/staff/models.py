"""The people of the firm, their sessions, and the counters that slow down guessing."""

import enum
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_security.core import UserMixin
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Base, Key, stored_by_value


class Role(enum.StrEnum):
    """What somebody does here; ``access.PERMISSIONS`` says what that allows."""

    REP = "rep"
    MANAGER = "manager"
    ACCOUNTANT = "accountant"
    ADMIN = "admin"


def initials_of(name: str) -> str:
    """Two letters that stand for somebody: of the first and last word, or the first two of a single one."""
    words = name.split()
    return (words[0][0] + words[-1][0] if len(words) > 1 else name.strip()[:2]).upper()


class StaffMember(Base, UserMixin):
    """Somebody of the firm who signs in."""

    __tablename__ = "staff_members"
    __table_args__ = (sa.UniqueConstraint("email"), sa.UniqueConstraint("fs_uniquifier"))

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(sa.String(254))  # lower case, as staff.addresses.normal() gives it
    name: Mapped[str] = mapped_column(sa.String(120))
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    function: Mapped[str] = mapped_column(sa.String(120), default="")
    role: Mapped[Role] = mapped_column(stored_by_value(Role))
    language: Mapped[str] = mapped_column(sa.String(2), default="fr")
    password: Mapped[str] = mapped_column(sa.String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), default=lambda: uuid.uuid4().hex)
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]

    @property
    def is_active(self) -> bool:
        """Flask-Security asks this before it lets anybody in."""
        return self.active and self.archived_at is None

    @property
    def initials(self) -> str:
        return initials_of(self.name)


class StaffSession(Base):
    """One browser signed in. The cookie holds only this row's id, so that it can be ended from here."""

    __tablename__ = "staff_sessions"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(sa.String(400), default="")

    LASTS = timedelta(days=14)

    def is_open(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.created_at + self.LASTS


class FailureCounter(Base):
    """How often a guarded secret was guessed wrongly; ``subject`` is a hash, never what was typed."""

    __tablename__ = "failure_counters"

    purpose: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime]
