"""Credit notes: what is taken back of an issued invoice, numbered and frozen from birth."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.db import Amount, Base, Id, Key, Quantity
from backoffice.events import RecordsEvents
from backoffice.invoices.models import Invoice, RateColumns
from backoffice.invoices.parting import RateSums
from backoffice.money import Vat
from backoffice.quotes import canonical


class CreditNote(Base, RecordsEvents):
    """Of one invoice, whole or in part; amounts are positive. ``content`` holds all that the paper shows."""

    __tablename__ = "credit_notes"
    __table_args__ = (sa.UniqueConstraint("number"), sa.CheckConstraint("gross >= 0", "gross_not_negative"))

    id: Mapped[Key]
    invoice_id: Mapped[Id] = mapped_column(sa.ForeignKey("invoices.id", ondelete="RESTRICT"), index=True)
    order_id: Mapped[Id] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True)
    number: Mapped[str] = mapped_column(sa.String(35))
    issued_on: Mapped[date] = mapped_column(index=True)
    reason: Mapped[str]
    language: Mapped[str] = mapped_column(sa.String(2))
    currency: Mapped[str] = mapped_column(sa.String(3))
    net: Mapped[Decimal] = mapped_column(Amount)
    vat: Mapped[Decimal] = mapped_column(Amount)
    gross: Mapped[Decimal] = mapped_column(Amount)
    content: Mapped[bytes]
    digest: Mapped[str] = mapped_column(sa.String(64))
    issued_at: Mapped[datetime]
    issued_by: Mapped[Id] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)

    invoice: Mapped[Invoice] = relationship(lazy="raise_on_sql")
    lines: Mapped[list["CreditNoteLine"]] = relationship(
        lazy="raise_on_sql", order_by="CreditNoteLine.position"
    )
    taxes: Mapped[list["CreditNoteTax"]] = relationship(
        lazy="raise_on_sql", order_by="(CreditNoteTax.vat_category, CreditNoteTax.vat_rate)"
    )

    @property
    def sums(self) -> dict[Vat, RateSums]:
        """By VAT rate; needs ``taxes``."""
        return {each.vat: each.sums for each in self.taxes}

    def read(self) -> dict[str, Any]:
        """The frozen facts."""
        facts: dict[str, Any] = canonical.read(self.content)
        return facts


class CreditNoteLine(Base):
    """As much of an invoice's line as is taken back."""

    __tablename__ = "credit_note_lines"
    __table_args__ = (sa.UniqueConstraint("credit_note_id", "position"),)

    id: Mapped[Key]
    credit_note_id: Mapped[Id] = mapped_column(sa.ForeignKey("credit_notes.id", ondelete="RESTRICT"))
    invoice_line_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("invoice_lines.id", ondelete="RESTRICT"), index=True, insert_sentinel=True
    )
    position: Mapped[int]
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    net: Mapped[Decimal] = mapped_column(Amount)


class CreditNoteTax(RateColumns, Base):
    """What is taken back of one VAT rate, and what of it goes back to the deposit."""

    __tablename__ = "credit_note_taxes"
    __table_args__ = (sa.UniqueConstraint("credit_note_id", "vat_category", "vat_rate"),)

    id: Mapped[Key]
    credit_note_id: Mapped[Id] = mapped_column(sa.ForeignKey("credit_notes.id", ondelete="RESTRICT"))
