"""What the firm sells, at today's prices. Copied onto a deal when chosen, never followed afterwards."""

import enum
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Base, Bilingual, Key, Percent, UnitPrice, bilingual, stored_by_value


class Nature(enum.StrEnum):
    """Goods or service: an invoice must say which (CGI ann. II, 242 nonies A, 8° bis)."""

    GOODS = "goods"
    SERVICE = "service"


class Unit(enum.StrEnum):
    """Units by their UN/ECE recommendation 20 codes, as e-invoices want them."""

    PIECE = "C62"
    HOUR = "HUR"
    DAY = "DAY"
    METRE = "MTR"
    SQUARE_METRE = "MTK"
    CUBIC_METRE = "MTQ"
    KILOGRAM = "KGM"
    LITRE = "LTR"
    MONTH = "MON"
    LUMP_SUM = "LS"


class VatCategory(enum.StrEnum):
    """EN 16931 VAT category codes (UNTDID 5305)."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUTSIDE_SCOPE = "O"


class Product(Base):
    """Goods or a service of the catalogue. Price and cost per unit, without VAT."""

    __tablename__ = "products"
    __table_args__ = (
        sa.UniqueConstraint("sku"),
        sa.CheckConstraint("unit_price >= 0", "price_not_negative"),
        sa.CheckConstraint("vat_rate >= 0", "vat_rate_not_negative"),
    )

    id: Mapped[Key]
    sku: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[Bilingual] = bilingual("name")
    description: Mapped[Bilingual] = bilingual("description")
    nature: Mapped[Nature] = mapped_column(stored_by_value(Nature))
    unit: Mapped[Unit] = mapped_column(stored_by_value(Unit))
    unit_price: Mapped[Decimal] = mapped_column(UnitPrice)
    cost: Mapped[Decimal | None] = mapped_column(UnitPrice)
    vat_category: Mapped[VatCategory] = mapped_column(
        stored_by_value(VatCategory), default=VatCategory.STANDARD
    )
    vat_rate: Mapped[Decimal] = mapped_column(Percent)
    search_text: Mapped[str] = mapped_column(
        default=""
    )  # folded words of both languages, see catalogue.search
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once
