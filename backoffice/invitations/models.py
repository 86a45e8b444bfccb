"""An invitation to join the firm's people here. The row holds a nonce; the address is that nonce, signed."""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Base, Id, Key, stored_by_value
from backoffice.events import RecordsEvents
from backoffice.invitations.events import InvitationSent
from backoffice.invitations.refusals import InvitationClosed
from backoffice.staff.models import Role

NONCE_BYTES = 16  # 128 bits


def new_nonce() -> bytes:
    return secrets.token_bytes(NONCE_BYTES)


class Invitation(Base, RecordsEvents):
    """Somebody who may make an account. At most one open per address; kept when it is taken up or withdrawn."""

    __tablename__ = "invitations"
    __table_args__ = (
        sa.UniqueConstraint("nonce"),
        sa.UniqueConstraint("staff_id"),
        sa.Index(
            "uq_invitations_open_email",
            "email",
            unique=True,
            sqlite_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=sa.text("accepted_at IS NULL AND withdrawn_at IS NULL"),
        ),
        sa.CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", "not_both_ends"),
        sa.CheckConstraint("(accepted_at IS NULL) = (staff_id IS NULL)", "accepted_by_somebody"),
    )

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(sa.String(254))
    name: Mapped[str] = mapped_column(sa.String(120))
    role: Mapped[Role] = mapped_column(stored_by_value(Role))
    language: Mapped[str] = mapped_column(sa.String(2))
    nonce: Mapped[bytes] = mapped_column(sa.LargeBinary(NONCE_BYTES), default=new_nonce)
    invited_by: Mapped[Id] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    staff_id: Mapped[Id | None] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"))

    LASTS = timedelta(days=7)

    @property
    def expires_at(self) -> datetime:
        return self.sent_at + self.LASTS

    @property
    def is_pending(self) -> bool:
        """Neither taken up nor withdrawn; perhaps too old."""
        return self.accepted_at is None and self.withdrawn_at is None

    def is_open(self, at: datetime) -> bool:
        return self.is_pending and at < self.expires_at

    def send(self, *, by: int, at: datetime) -> None:
        """The first time or again: the mail goes out, and the link of any mail before it is void.

        Raises InvitationClosed.
        """
        self._refuse_when_ended()
        self.nonce, self.sent_at = new_nonce(), at
        self.record(InvitationSent(invitation_id=self.id, by=by, at=at))

    def withdraw(self, *, at: datetime) -> None:
        """Raises InvitationClosed."""
        self._refuse_when_ended()
        self.withdrawn_at = at

    def accept(self, *, staff_id: int, at: datetime) -> None:
        """``staff_id`` is the account made of it. Raises InvitationClosed, also when it is too old."""
        self.refuse_when_closed(at)
        self.accepted_at, self.staff_id = at, staff_id

    def refuse_when_closed(self, at: datetime) -> None:
        """Raises InvitationClosed."""
        if not self.is_open(at):
            raise InvitationClosed(accepted=self.accepted_at is not None)

    def _refuse_when_ended(self) -> None:
        if not self.is_pending:
            raise InvitationClosed(accepted=self.accepted_at is not None)
