"""Money received on an invoice, and what of it went back: rows that nothing changes; a mistake gets a reverse row."""

import enum
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Amount, Base, Id, Key, stored_by_value
from backoffice.events import RecordsEvents


class Method(enum.StrEnum):
    TRANSFER = "transfer"
    CARD = "card"
    CHEQUE = "cheque"
    CASH = "cash"
    DIRECT_DEBIT = "direct_debit"
    OTHER = "other"


class Payment(Base, RecordsEvents):
    """``amount`` is negative when money went back to the client; ``reverses_id`` names an entry made by mistake."""

    __tablename__ = "payments"
    __table_args__ = (
        sa.UniqueConstraint("reverses_id"),
        sa.CheckConstraint("amount <> 0", "of_something"),
    )

    id: Mapped[Key]
    invoice_id: Mapped[Id] = mapped_column(sa.ForeignKey("invoices.id", ondelete="RESTRICT"), index=True)
    amount: Mapped[Decimal] = mapped_column(Amount)
    paid_on: Mapped[date]
    method: Mapped[Method] = mapped_column(stored_by_value(Method))
    reference: Mapped[str] = mapped_column(sa.String(80))
    reverses_id: Mapped[Id | None] = mapped_column(sa.ForeignKey("payments.id", ondelete="RESTRICT"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[Id] = mapped_column(
        sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True
    )
