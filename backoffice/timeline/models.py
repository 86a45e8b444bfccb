"""What happened to a deal: kinds and facts, put into sentences when read."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Base, Id, Key, stored_by_value


class EntryKind(enum.StrEnum):
    QUOTE_SENT = "quote_sent"
    QUOTE_SIGNED = "quote_signed"
    ORDER_PLACED = "order_placed"
    PHASE_MOVED = "phase_moved"
    INVOICE_DRAFTED = "invoice_drafted"
    INVOICE_ISSUED = "invoice_issued"


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
