"""What happened to a deal: kinds and facts, put into sentences when read."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Base, Id, Key, stored_by_value


class EntryKind(enum.StrEnum):
    QUOTE_SENT = "quote_sent"
    QUOTE_PRESENTED = "quote_presented"
    QUOTE_SIGNED = "quote_signed"
    QUOTE_ACCEPTED = "quote_accepted"
    CHANGES_REQUESTED = "changes_requested"
    REQUEST_ANSWERED = "request_answered"
    QUOTE_REFUSED = "quote_refused"
    QUOTE_WITHDRAWN = "quote_withdrawn"
    QUOTE_EXPIRED = "quote_expired"
    RENEWAL_ASKED = "renewal_asked"
    LINK_SENT = "link_sent"
    LINK_REVOKED = "link_revoked"
    ORDER_PLACED = "order_placed"
    PHASE_MOVED = "phase_moved"
    INVOICE_DRAFTED = "invoice_drafted"
    INVOICE_ISSUED = "invoice_issued"
    OPPORTUNITY_OPENED = "opportunity_opened"
    OPPORTUNITY_LOST = "opportunity_lost"
    OPPORTUNITY_EXPIRED = "opportunity_expired"
    OPPORTUNITY_REOPENED = "opportunity_reopened"
    MOVE_UNDONE = "move_undone"
    HANDED_OVER = "handed_over"
    NOTE = "note"
    CALL = "call"
    TASK_DONE = "task_done"
    APPOINTMENT_MADE = "appointment_made"
    FILE_ADDED = "file_added"
    FILE_ARCHIVED = "file_archived"
    FILE_RESTORED = "file_restored"
    INVOICE_DISCARDED = "invoice_discarded"
    CREDIT_NOTE_ISSUED = "credit_note_issued"
    PAYMENT_RECORDED = "payment_recorded"
    PAYMENT_REVERSED = "payment_reversed"


class TimelineEntry(Base):
    """Append-only. ``staff_id`` is who did it, when it was one of ours."""

    __tablename__ = "timeline_entries"

    id: Mapped[Key]
    opportunity_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("opportunities.id", ondelete="RESTRICT"), index=True
    )
    at: Mapped[datetime]
    kind: Mapped[EntryKind] = mapped_column(stored_by_value(EntryKind))
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    staff_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True
    )
