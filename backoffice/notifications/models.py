"""Mails as rows before they are messages."""

import enum
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Base, Id, Key, stored_by_value
from backoffice.errors import IllegalMove
from backoffice.events import RecordsEvents


class MailKind(enum.StrEnum):
    """One per template folder ``templates/mail/<kind>/``."""

    QUOTE_INVITATION = "quote_invitation"
    QUOTE_SIGNED_CLIENT = "quote_signed_client"
    QUOTE_SIGNED_REP = "quote_signed_rep"
    QUOTE_ACCEPTED_CLIENT = "quote_accepted_client"
    QUOTE_ACCEPTED_REP = "quote_accepted_rep"
    STAFF_INVITATION = "staff_invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a word of ours, no password
    ACCOUNT_CHANGED = "account_changed"
    CHANGES_REQUESTED_REP = "changes_requested_rep"
    CHANGES_REQUESTED_CLIENT = "changes_requested_client"
    REQUEST_ANSWERED = "request_answered"
    QUOTE_REFUSED_REP = "quote_refused_rep"
    QUOTE_REFUSED_CLIENT = "quote_refused_client"
    QUOTE_WITHDRAWN = "quote_withdrawn"
    RENEWAL_ASKED = "renewal_asked"
    QUOTE_EXPIRED_REP = "quote_expired_rep"
    MAIL_UNDELIVERED = "mail_undelivered"
    HANDED_OVER = "handed_over"
    TASK_ASSIGNED = "task_assigned"


class MailState(enum.StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    SHOWN = "shown"
    """No SMTP server is configured: the mail can be read under *Outgoing mail* and will not be sent later."""
    FAILED = "failed"


class OutgoingMail(Base, RecordsEvents):
    """A mail owed to somebody. Addresses inside it are derived from ``link_id`` when it is composed, never stored."""

    __tablename__ = "outgoing_mails"
    __table_args__ = (
        sa.UniqueConstraint("message_id"),
        # One mail per event and recipient, however often a reaction should run.
        sa.UniqueConstraint("kind", "cause", "recipient_email"),
        sa.Index(
            "ix_outgoing_mails_due",
            "available_at",
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        ),
        sa.Index(
            "ix_outgoing_mails_failed",
            "created_at",
            sqlite_where=sa.text("state = 'failed'"),
            postgresql_where=sa.text("state = 'failed'"),
        ),
    )
    outbox: ClassVar[bool] = True

    id: Mapped[Key]
    message_id: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[MailKind] = mapped_column(stored_by_value(MailKind))
    cause: Mapped[str] = mapped_column(sa.String(60))
    language: Mapped[str] = mapped_column(sa.String(2))
    recipient_name: Mapped[str] = mapped_column(sa.String(120))
    recipient_email: Mapped[str] = mapped_column(sa.String(254))
    reply_to: Mapped[str] = mapped_column(sa.String(254), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    link_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("client_links.id", ondelete="RESTRICT"), index=True
    )
    document_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("documents.id", ondelete="RESTRICT"), index=True
    )
    opportunity_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("opportunities.id", ondelete="RESTRICT"), index=True
    )
    state: Mapped[MailState] = mapped_column(stored_by_value(MailState), default=MailState.QUEUED)
    created_at: Mapped[datetime]
    available_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(sa.String(400), default="")
    sent_at: Mapped[datetime | None]

    def send_again(self, at: datetime) -> None:
        """Queue a mail that failed, with all its attempts before it. Raises IllegalMove in any other state."""
        if self.state is not MailState.FAILED:
            raise IllegalMove(current=self.state.value, target=MailState.QUEUED.value)
        self.state, self.attempts, self.available_at, self.last_error = MailState.QUEUED, 0, at, ""
