"""Invoices: a draft made from an order, then a numbered document that nothing changes any more."""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.catalogue.models import Nature, Unit, VatCategory
from backoffice.db import (
    Amount,
    Base,
    Bilingual,
    Id,
    Key,
    Percent,
    Quantity,
    Revised,
    UnitPrice,
    bilingual,
    stored_by_value,
)
from backoffice.events import RecordsEvents
from backoffice.invoices.refusals import AlreadyIssued
from backoffice.orders.models import Order
from backoffice.quotes import canonical


class InvoiceState(enum.StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"


class Invoice(Base, RecordsEvents, Revised):
    """Amounts owed for an order. ``content`` holds all that the paper shows, frozen when issued."""

    __tablename__ = "invoices"
    __table_args__ = (
        sa.UniqueConstraint("number"),
        sa.Index(
            "uq_invoices_draft",
            "order_id",
            unique=True,
            sqlite_where=sa.text("state = 'draft'"),
            postgresql_where=sa.text("state = 'draft'"),
        ),
        sa.CheckConstraint(
            "(state = 'draft' AND number IS NULL AND issued_on IS NULL AND due_on IS NULL"
            " AND content IS NULL AND digest IS NULL)"
            " OR (state = 'issued' AND number IS NOT NULL AND issued_on IS NOT NULL AND due_on IS NOT NULL"
            " AND content IS NOT NULL AND digest IS NOT NULL)",
            "issued_is_complete",
        ),
    )

    id: Mapped[Key]
    order_id: Mapped[Id] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True)
    client_id: Mapped[Id] = mapped_column(sa.ForeignKey("clients.id", ondelete="RESTRICT"), index=True)
    state: Mapped[InvoiceState] = mapped_column(stored_by_value(InvoiceState), default=InvoiceState.DRAFT)
    number: Mapped[str | None] = mapped_column(sa.String(35))
    issued_on: Mapped[date | None]
    due_on: Mapped[date | None]
    language: Mapped[str] = mapped_column(sa.String(2))
    currency: Mapped[str] = mapped_column(sa.String(3))
    discount: Mapped[Decimal] = mapped_column(Percent)
    net: Mapped[Decimal] = mapped_column(Amount)
    vat: Mapped[Decimal] = mapped_column(Amount)
    gross: Mapped[Decimal] = mapped_column(Amount)
    content: Mapped[bytes | None]
    digest: Mapped[str | None] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[Id] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    issued_at: Mapped[datetime | None]
    issued_by: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True
    )
    revision: Mapped[int] = mapped_column()

    order: Mapped[Order] = relationship(lazy="raise_on_sql")
    lines: Mapped[list["InvoiceLine"]] = relationship(
        back_populates="invoice", lazy="raise_on_sql", order_by="InvoiceLine.position"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once

    def refuse_unless_draft(self) -> None:
        """A draft becomes issued, and that is the only move. Raises AlreadyIssued."""
        if self.state is not InvoiceState.DRAFT:
            raise AlreadyIssued(invoice=self.id, number=self.number)

    @property
    def vat_categories(self) -> frozenset[VatCategory]:
        return frozenset(line.vat_category for line in self.lines)

    def read(self) -> dict[str, Any]:
        """The frozen facts of an issued invoice."""
        if self.content is None:
            raise ValueError("a draft invoice has no frozen content")
        facts: dict[str, Any] = canonical.read(self.content)
        return facts


class InvoiceLine(Base):
    """A line billed, tied to the order line it bills."""

    __tablename__ = "invoice_lines"
    __table_args__ = (sa.UniqueConstraint("invoice_id", "position"),)

    id: Mapped[Key]
    invoice_id: Mapped[Id] = mapped_column(sa.ForeignKey("invoices.id", ondelete="RESTRICT"))
    order_line_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("order_lines.id", ondelete="RESTRICT"), index=True, insert_sentinel=True
    )
    position: Mapped[int]
    name: Mapped[Bilingual] = bilingual("name")
    description: Mapped[Bilingual] = bilingual("description")
    nature: Mapped[Nature] = mapped_column(stored_by_value(Nature))
    unit: Mapped[Unit] = mapped_column(stored_by_value(Unit))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit_price: Mapped[Decimal] = mapped_column(UnitPrice)
    discount: Mapped[Decimal] = mapped_column(Percent)
    vat_category: Mapped[VatCategory] = mapped_column(stored_by_value(VatCategory))
    vat_rate: Mapped[Decimal] = mapped_column(Percent)
    net: Mapped[Decimal] = mapped_column(Amount)

    invoice: Mapped[Invoice] = relationship(back_populates="lines", lazy="raise_on_sql")
