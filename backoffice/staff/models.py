"""The people of the firm, their sessions, and the counters that slow down guessing."""

import enum
import uuid
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_security.core import UserMixin
from sqlalchemy.orm import Mapped, deferred, mapped_column

from backoffice.db import Base, Id, Key, stored_by_value
from backoffice.events import RecordsEvents


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


class StaffMember(Base, UserMixin, RecordsEvents):
    """Somebody of the firm who signs in."""

    __tablename__ = "staff_members"
    __table_args__ = (
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("fs_uniquifier"),
        sa.CheckConstraint("(photo IS NULL) = (photo_sha256 IS NULL)", "photo_with_its_digest"),
    )

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
    tf_totp_secret: Mapped[str | None]  # encrypted; with one, sign-in asks for a code
    tf_last_counter: Mapped[int | None] = mapped_column(
        sa.BigInteger
    )  # of the last code taken: no code twice
    mf_recovery_codes: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # encrypted, those left
    photo: Mapped[bytes | None] = deferred(mapped_column(sa.LargeBinary), raiseload=True)
    photo_sha256: Mapped[str | None] = mapped_column(sa.String(64))

    @property
    def has_second_factor(self) -> bool:
        return self.tf_totp_secret is not None

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
    __table_args__ = (sa.CheckConstraint("(lent_at IS NULL) = (lent_link_id IS NULL)", "lent_for_a_link"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(sa.String(400), default="")
    lent_at: Mapped[datetime | None]  # the browser is in a client's hands: nothing but the link's pages opens
    lent_link_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("client_links.id", ondelete="RESTRICT"), index=True
    )

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


class AccountAct(enum.StrEnum):
    """What can happen to an account."""

    JOINED = "joined"
    ROLE_CHANGED = "role_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a word of ours, no password
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the same
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    SECOND_FACTOR_TAKEN_OFF = "second_factor_taken_off"
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    RECOVERY_CODE_USED = "recovery_code_used"
    SESSIONS_ENDED = "sessions_ended"
    LEFT = "left"
    BROUGHT_BACK = "brought_back"


class AccountEntry(Base):
    """Append-only: what happened to somebody's account. ``by_id`` is who did it, when it was one of ours."""

    __tablename__ = "account_entries"

    id: Mapped[Key]
    staff_id: Mapped[Id] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime]
    act: Mapped[AccountAct] = mapped_column(stored_by_value(AccountAct))
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    by_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True
    )
