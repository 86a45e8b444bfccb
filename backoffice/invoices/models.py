"""Invoices: a draft made from an order, then a numbered document that nothing changes any more.

One draft per order at a time: an invoice is the difference to what was billed before, and two drafts would
each claim the same rest. A draft that is not wanted is discarded; it never had a number.
"""

import enum
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Self

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
from backoffice.invoices.parting import RateSums, totals_of_sums
from backoffice.invoices.refusals import AlreadyIssued, Discarded
from backoffice.money import ZERO, Totals, Vat
from backoffice.orders.models import Order
from backoffice.quotes import canonical

NOT_YET = datetime(9999, 12, 31, tzinfo=UTC)
"""Where drafts stand among the moments of issue: before the latest."""


class InvoiceState(enum.StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"
    DISCARDED = "discarded"


class InvoiceKind(enum.StrEnum):
    """``DEPOSIT``: paid on order; ``WHOLE``: all of an order at once; ``PART``; ``BALANCE``: all that remains."""

    DEPOSIT = "deposit"
    WHOLE = "whole"
    PART = "part"
    BALANCE = "balance"


class Invoice(Base, RecordsEvents, Revised):
    """Amounts owed for an order. ``content`` holds all that the paper shows, frozen when issued.

    ``listed_at`` is its place in lists: the moment of issue, and until then ``NOT_YET``.
    """

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
            "(state IN ('draft', 'discarded') AND number IS NULL AND issued_on IS NULL AND due_on IS NULL"
            " AND content IS NULL AND digest IS NULL)"
            " OR (state = 'issued' AND number IS NOT NULL AND issued_on IS NOT NULL AND due_on IS NOT NULL"
            " AND content IS NOT NULL AND digest IS NOT NULL)",
            "issued_is_complete",
        ),
        sa.CheckConstraint("kind <> 'deposit' OR deducts_id IS NULL", "a_deposit_deducts_none"),
        sa.Index("ix_invoices_listed", "listed_at", "id"),
        sa.Index("ix_invoices_kind_listed", "kind", "listed_at", "id"),
    )

    id: Mapped[Key]
    order_id: Mapped[Id] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True)
    client_id: Mapped[Id] = mapped_column(sa.ForeignKey("clients.id", ondelete="RESTRICT"), index=True)
    state: Mapped[InvoiceState] = mapped_column(stored_by_value(InvoiceState), default=InvoiceState.DRAFT)
    kind: Mapped[InvoiceKind] = mapped_column(stored_by_value(InvoiceKind), default=InvoiceKind.WHOLE)
    deducts_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("invoices.id", ondelete="RESTRICT"), index=True
    )
    number: Mapped[str | None] = mapped_column(sa.String(35))
    issued_on: Mapped[date | None] = mapped_column(index=True)
    due_on: Mapped[date | None] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(sa.String(2))
    currency: Mapped[str] = mapped_column(sa.String(3))
    discount: Mapped[Decimal] = mapped_column(Percent)
    discount_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
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
    listed_at: Mapped[datetime] = mapped_column(default=NOT_YET)
    revision: Mapped[int] = mapped_column()

    order: Mapped[Order] = relationship(lazy="raise_on_sql")
    lines: Mapped[list["InvoiceLine"]] = relationship(
        back_populates="invoice", lazy="raise_on_sql", order_by="InvoiceLine.position"
    )

    taxes: Mapped[list["InvoiceTax"]] = relationship(
        lazy="raise_on_sql", order_by="(InvoiceTax.vat_category, InvoiceTax.vat_rate)"
    )
    deducts: Mapped["Invoice | None"] = relationship(lazy="raise_on_sql", remote_side="Invoice.id")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once

    def refuse_unless_draft(self) -> None:
        """A draft becomes issued or discarded, and there is no other move. Raises AlreadyIssued, Discarded."""
        if self.state is InvoiceState.DISCARDED:
            raise Discarded(invoice=self.id, order=self.order_id)
        if self.state is InvoiceState.ISSUED:
            raise AlreadyIssued(invoice=self.id, number=self.number)

    @property
    def vat_categories(self) -> frozenset[VatCategory]:
        return frozenset(each.vat_category for each in self.taxes)

    @property
    def sums(self) -> dict[Vat, RateSums]:
        """By VAT rate; needs ``taxes``."""
        return {each.vat: each.sums for each in self.taxes}

    @property
    def nets(self) -> dict[Vat, Decimal]:
        """What the lines come to by VAT rate, before any discount; a deposit has no lines but its sums."""
        if self.kind is InvoiceKind.DEPOSIT:
            return {each.vat: each.base for each in self.taxes}
        found: dict[Vat, Decimal] = {}
        for line in self.lines:
            found[line.vat] = found.get(line.vat, ZERO) + line.net
        return found

    @property
    def totals(self) -> Totals:
        """Needs ``lines`` and ``taxes``."""
        return totals_of_sums(self.nets, self.sums, currency=self.currency)

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
    discount_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    vat_category: Mapped[VatCategory] = mapped_column(stored_by_value(VatCategory))
    vat_rate: Mapped[Decimal] = mapped_column(Percent)
    net: Mapped[Decimal] = mapped_column(Amount)

    invoice: Mapped[Invoice] = relationship(back_populates="lines", lazy="raise_on_sql")

    @property
    def vat(self) -> Vat:
        return Vat(self.vat_category.value, self.vat_rate)


class RateColumns:
    """A VAT rate with its sums, as columns."""

    vat_category: Mapped[VatCategory] = mapped_column(stored_by_value(VatCategory))
    vat_rate: Mapped[Decimal] = mapped_column(Percent)
    base: Mapped[Decimal] = mapped_column(Amount)
    tax: Mapped[Decimal] = mapped_column(Amount)
    deducted_base: Mapped[Decimal] = mapped_column(Amount)
    deducted_tax: Mapped[Decimal] = mapped_column(Amount)

    @property
    def vat(self) -> Vat:
        return Vat(self.vat_category.value, self.vat_rate)

    @classmethod
    def of(cls, vat: Vat, sums: RateSums) -> Self:
        row = cls()
        row.vat_category, row.vat_rate = VatCategory(vat.category), vat.rate
        row.base, row.tax = sums.base, sums.tax
        row.deducted_base, row.deducted_tax = sums.deducted_base, sums.deducted_tax
        return row

    @property
    def sums(self) -> RateSums:
        return RateSums(self.base, self.tax, self.deducted_base, self.deducted_tax)


class InvoiceTax(RateColumns, Base):
    """What one VAT rate of an invoice comes to: what was supplied, and what of it a deposit paid."""

    __tablename__ = "invoice_taxes"
    __table_args__ = (sa.UniqueConstraint("invoice_id", "vat_category", "vat_rate"),)

    id: Mapped[Key]
    invoice_id: Mapped[Id] = mapped_column(sa.ForeignKey("invoices.id", ondelete="RESTRICT"))
