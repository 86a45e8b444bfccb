"""What decides prices besides the catalogue: dated prices, price lists, groups of clients, discounts."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.catalogue.models import Product
from backoffice.clients.models import Client
from backoffice.db import Base, Bilingual, Id, Key, Percent, Quantity, Revised, UnitPrice, bilingual
from backoffice.pricing.cascade import Days

LONGEST_NAME = 80
DEEPEST = 8
"""Groups above one another, at most."""
NOT_ENDED = sa.text("archived_at IS NULL")


class Ending:
    """Mixin of what has days of effect. ``archived_at``: put out of force for good, whatever its days."""

    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    archived_at: Mapped[datetime | None]

    @property
    def days(self) -> Days:
        return Days(self.valid_from, self.valid_to)

    def end(self, at: datetime) -> None:
        """From now on it decides no price; lines that were priced by it keep theirs."""
        self.archived_at = self.archived_at or at


class PriceList(Base, Revised):
    """Prices of its own, or discounts on the catalogue's, in one currency, for the clients and groups that name it."""

    __tablename__ = "price_lists"
    __table_args__ = (sa.CheckConstraint("name_fr <> '' OR name_en <> ''", "list_is_named"),)

    id: Mapped[Key]
    name: Mapped[Bilingual] = bilingual("name")
    currency: Mapped[str] = mapped_column(sa.String(3))
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once

    @property
    def is_offered(self) -> bool:
        return self.archived_at is None

    def archive(self, at: datetime) -> None:
        """It decides no price any more, whoever names it."""
        self.archived_at = self.archived_at or at

    def restore(self) -> None:
        self.archived_at = None


class PriceListEntry(Base, Revised, Ending):
    """What a list says of one product from a quantity on: ``unit_price`` without VAT, or ``discount`` in per cent."""

    __tablename__ = "price_list_entries"
    __table_args__ = (
        sa.CheckConstraint("(unit_price IS NULL) <> (discount IS NULL)", "price_or_discount"),
        sa.CheckConstraint("unit_price >= 0", "price_not_negative"),
        sa.CheckConstraint("discount BETWEEN 0 AND 10000", "discount_is_a_percentage"),
        sa.CheckConstraint("from_quantity >= 0", "quantity_not_negative"),
        sa.CheckConstraint("valid_to >= valid_from", "days_in_order"),
        sa.Index(
            "uq_price_list_entries_begins",
            "price_list_id",
            "product_id",
            "from_quantity",
            "valid_from",
            unique=True,
            sqlite_where=NOT_ENDED,
            postgresql_where=NOT_ENDED,
        ),
    )

    id: Mapped[Key]
    price_list_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("price_lists.id", ondelete="RESTRICT"), index=True
    )
    product_id: Mapped[Id] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True)
    from_quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    unit_price: Mapped[Decimal | None] = mapped_column(UnitPrice)
    discount: Mapped[Decimal | None] = mapped_column(Percent)
    revision: Mapped[int] = mapped_column()

    product: Mapped[Product] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once


class ProductPrice(Base, Revised, Ending):
    """A price of the catalogue on certain days, without VAT; the one that began last counts."""

    __tablename__ = "product_prices"
    __table_args__ = (
        sa.CheckConstraint("unit_price >= 0", "price_not_negative"),
        sa.CheckConstraint("valid_to >= valid_from", "days_in_order"),
        sa.Index(
            "uq_product_prices_begins",
            "product_id",
            "valid_from",
            unique=True,
            sqlite_where=NOT_ENDED,
            postgresql_where=NOT_ENDED,
        ),
    )

    id: Mapped[Key]
    product_id: Mapped[Id] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True)
    unit_price: Mapped[Decimal] = mapped_column(UnitPrice)
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once


class ClientGroup(Base, Revised):
    """Clients that share prices: a chain, a region of it, a shop.

    What its list does not price, the lists of the groups above it do.
    """

    __tablename__ = "client_groups"
    __table_args__ = (
        sa.CheckConstraint("name <> ''", "group_is_named"),
        sa.CheckConstraint("parent_id <> id", "group_in_another"),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(sa.String(LONGEST_NAME))
    parent_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("client_groups.id", ondelete="RESTRICT"), index=True
    )
    price_list_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("price_lists.id", ondelete="RESTRICT"), index=True
    )
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once


class DiscountLevel(Base, Revised, Ending):
    """A discount of level 1 to 6 on what the levels before it left: for one client, one group or everybody.

    Of one product, or of all. A group's holds for the groups below it too.
    """

    __tablename__ = "discount_levels"
    __table_args__ = (
        sa.CheckConstraint("level BETWEEN 1 AND 6", "one_of_six"),
        sa.CheckConstraint("percent BETWEEN 0 AND 10000", "percent_is_a_percentage"),
        sa.CheckConstraint("client_id IS NULL OR group_id IS NULL", "client_or_group"),
        sa.CheckConstraint("name_fr <> '' OR name_en <> ''", "discount_is_named"),
        sa.CheckConstraint("valid_to >= valid_from", "days_in_order"),
    )

    id: Mapped[Key]
    level: Mapped[int]
    name: Mapped[Bilingual] = bilingual("name")
    percent: Mapped[Decimal] = mapped_column(Percent)
    client_id: Mapped[Id | None] = mapped_column(sa.ForeignKey("clients.id", ondelete="RESTRICT"), index=True)
    group_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("client_groups.id", ondelete="RESTRICT"), index=True
    )
    product_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True
    )
    revision: Mapped[int] = mapped_column()

    client: Mapped[Client | None] = relationship(lazy="raise_on_sql")
    group: Mapped[ClientGroup | None] = relationship(lazy="raise_on_sql")
    product: Mapped[Product | None] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once
