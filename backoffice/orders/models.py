"""What was ordered: copied from the version agreed on that day, never recomputed."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from backoffice.catalogue.models import Nature, Unit, VatCategory
from backoffice.catalogue.search import search_text_of
from backoffice.db import (
    Amount,
    Base,
    Bilingual,
    Id,
    Key,
    Percent,
    Quantity,
    UnitPrice,
    bilingual,
    stored_by_value,
)
from backoffice.money import Discount, PricedLine, Recurrence, Vat
from backoffice.quotes.deposit import DepositKind


class Order(Base):
    """Made in the same transaction as the signature or the recorded acceptance that it comes from.

    ``net``, ``vat`` and ``gross`` are of what is paid once; ``recurring`` holds what comes back and ``schedule``
    the instalments, as the version freezes them (``quotes.choice``, ``quotes.content``).
    ``search_text``: title and client, folded.
    """

    __tablename__ = "orders"
    __table_args__ = (
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("signature_id"),
        sa.UniqueConstraint("acceptance_id"),
        sa.CheckConstraint("(signature_id IS NULL) <> (acceptance_id IS NULL)", "one_agreement"),
        sa.CheckConstraint("(deposit_percent = 0) = (deposit_kind IS NULL)", "deposit_has_a_kind"),
    )

    id: Mapped[Key]
    number: Mapped[str] = mapped_column(sa.String(35))
    signature_id: Mapped[Id | None] = mapped_column(sa.ForeignKey("signatures.id", ondelete="RESTRICT"))
    acceptance_id: Mapped[Id | None] = mapped_column(sa.ForeignKey("acceptances.id", ondelete="RESTRICT"))
    quote_id: Mapped[Id] = mapped_column(sa.ForeignKey("quotes.id", ondelete="RESTRICT"), index=True)
    opportunity_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("opportunities.id", ondelete="RESTRICT"), index=True
    )
    client_id: Mapped[Id] = mapped_column(sa.ForeignKey("clients.id", ondelete="RESTRICT"), index=True)
    placed_at: Mapped[datetime] = mapped_column(index=True)
    title: Mapped[Bilingual] = bilingual("title")
    client_name: Mapped[str] = mapped_column(sa.String(120))
    quote_number: Mapped[str] = mapped_column(sa.String(35))
    language: Mapped[str] = mapped_column(sa.String(2))
    currency: Mapped[str] = mapped_column(sa.String(3))
    discount: Mapped[Decimal] = mapped_column(Percent)
    discount_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    payment_days: Mapped[int]
    deposit_percent: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0), server_default="0")
    deposit_kind: Mapped[DepositKind | None] = mapped_column(stored_by_value(DepositKind))
    net: Mapped[Decimal] = mapped_column(Amount)
    vat: Mapped[Decimal] = mapped_column(Amount)
    gross: Mapped[Decimal] = mapped_column(Amount)
    recurring: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    schedule: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list, server_default="[]")
    search_text: Mapped[str] = mapped_column(default="")

    lines: Mapped[list["OrderLine"]] = relationship(
        back_populates="order", lazy="raise_on_sql", order_by="OrderLine.position"
    )

    @property
    def paid_once(self) -> list["OrderLine"]:
        """What invoices of the order bill; the rest comes back every month or year."""
        return [line for line in self.lines if line.recurrence is Recurrence.ONCE]

    @property
    def reduction(self) -> Discount:
        return Discount(self.discount, self.discount_amount)


class OrderLine(Base):
    """A priced line as agreed on. ``net`` is its rounded amount without VAT; ``section``, the heading above it."""

    __tablename__ = "order_lines"
    __table_args__ = (sa.UniqueConstraint("order_id", "position"),)

    id: Mapped[Key]
    order_id: Mapped[Id] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"))
    # Its values tell the lines of an INSERT apart, so that one statement writes them all.
    line_uuid: Mapped[UUID] = mapped_column(insert_sentinel=True)
    position: Mapped[int]
    name: Mapped[Bilingual] = bilingual("name")
    description: Mapped[Bilingual] = bilingual("description")
    nature: Mapped[Nature] = mapped_column(stored_by_value(Nature))
    unit: Mapped[Unit] = mapped_column(stored_by_value(Unit))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit_price: Mapped[Decimal] = mapped_column(UnitPrice)
    discount: Mapped[Decimal] = mapped_column(Percent)
    discount_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    recurrence: Mapped[Recurrence] = mapped_column(stored_by_value(Recurrence), default=Recurrence.ONCE)
    section: Mapped[Bilingual] = bilingual("section")
    vat_category: Mapped[VatCategory] = mapped_column(stored_by_value(VatCategory))
    vat_rate: Mapped[Decimal] = mapped_column(Percent)
    net: Mapped[Decimal] = mapped_column(Amount)

    order: Mapped[Order] = relationship(back_populates="lines", lazy="raise_on_sql")

    @property
    def priced(self) -> PricedLine:
        return PricedLine(
            self.quantity,
            self.unit_price,
            self.discount,
            Vat(self.vat_category.value, self.vat_rate),
            self.discount_amount,
        )


@sa.event.listens_for(Order, "before_insert")
def _index(_mapper: Mapper[Order], _connection: sa.Connection, order: Order) -> None:
    order.search_text = search_text_of(order.title.fr, order.title.en, order.client_name)
