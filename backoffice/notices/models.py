"""What somebody should know at once, and by which of two ways they want to hear of it."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Base, Id, Key, stored_by_value


class NoticeKind(enum.StrEnum):
    """What one is told of; in the order in which one chooses."""

    QUOTE_SIGNED = "quote_signed"
    QUOTE_ACCEPTED = "quote_accepted"
    CHANGES_REQUESTED = "changes_requested"
    QUOTE_REFUSED = "quote_refused"
    RENEWAL_ASKED = "renewal_asked"
    QUOTE_EXPIRED = "quote_expired"
    MAIL_UNDELIVERED = "mail_undelivered"
    HANDED_OVER = "handed_over"
    TASK_ASSIGNED = "task_assigned"


@dataclass(frozen=True, kw_only=True)
class Channels:
    """Whether one hears of something under the bell, by e-mail, or both."""

    notice: bool
    mail: bool

    @property
    def is_silent(self) -> bool:
        return not (self.notice or self.mail)


BOTH, BELL_ONLY = Channels(notice=True, mail=True), Channels(notice=True, mail=False)
AT_FIRST: dict[NoticeKind, Channels] = {
    NoticeKind.QUOTE_SIGNED: BOTH,
    NoticeKind.QUOTE_ACCEPTED: BOTH,
    NoticeKind.CHANGES_REQUESTED: BOTH,
    NoticeKind.QUOTE_REFUSED: BOTH,
    NoticeKind.RENEWAL_ASKED: BOTH,
    NoticeKind.QUOTE_EXPIRED: BELL_ONLY,
    NoticeKind.MAIL_UNDELIVERED: BOTH,
    NoticeKind.HANDED_OVER: BOTH,
    NoticeKind.TASK_ASSIGNED: BELL_ONLY,
}
"""What holds for whoever has chosen nothing else."""
NEVER_SILENT = frozenset(
    {
        NoticeKind.QUOTE_SIGNED,
        NoticeKind.CHANGES_REQUESTED,
        NoticeKind.QUOTE_REFUSED,
        NoticeKind.MAIL_UNDELIVERED,
    }
)
"""Nobody can choose to hear of these in neither way: a client is waiting."""
_LOUD = ", ".join(f"'{kind}'" for kind in sorted(NEVER_SILENT))


class Notice(Base):
    """Something a member of staff should know at once.

    ``facts``: strings and whole numbers as in a mail's, ``client`` and ``title`` always; what else, and how it
    is told, ``notices.sentences`` knows.
    """

    __tablename__ = "notices"
    __table_args__ = (
        sa.Index("ix_notices_staff_id_id", "staff_id", "id"),
        # What every page counts. With ``read_at`` in it, that no planner takes the other index as soon.
        sa.Index(
            "ix_notices_unread",
            "staff_id",
            "read_at",
            "id",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    staff_id: Mapped[Id] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"))
    kind: Mapped[NoticeKind] = mapped_column(stored_by_value(NoticeKind))
    opportunity_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("opportunities.id", ondelete="RESTRICT"), index=True
    )
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class ChannelChoice(Base):
    """Where somebody wants it otherwise than ``AT_FIRST``; nobody has a row that says the same."""

    __tablename__ = "channel_choices"
    __table_args__ = (sa.CheckConstraint(f"by_notice OR by_mail OR kind NOT IN ({_LOUD})", "heard_somehow"),)

    staff_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), primary_key=True
    )
    kind: Mapped[NoticeKind] = mapped_column(stored_by_value(NoticeKind), primary_key=True)
    by_notice: Mapped[bool]
    by_mail: Mapped[bool]

    @property
    def channels(self) -> Channels:
        return Channels(notice=self.by_notice, mail=self.by_mail)
