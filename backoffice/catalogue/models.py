"""What the firm sells, at today's prices. Copied onto a deal when chosen, never followed afterwards."""

import enum
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from backoffice.catalogue.search import search_text_of
from backoffice.db import Base, Bilingual, Key, Percent, Revised, UnitPrice, bilingual, stored_by_value
from backoffice.errors import IllegalMove


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


class Product(Base, Revised):
    """Goods or a service of the catalogue. Price and cost per unit, without VAT.

    ``search_text`` follows from reference and names whenever a row is stored: see ``catalogue.search``.
    """

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
    search_text: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once

    def archive(self, *, at: datetime) -> None:
        """Out of the choices; papers that name it keep it. Raises IllegalMove when it is archived already."""
        if self.archived_at is not None:
            raise IllegalMove(product=self.id)
        self.archived_at = at

    def restore(self) -> None:
        """Raises IllegalMove when it is not archived."""
        if self.archived_at is None:
            raise IllegalMove(product=self.id)
        self.archived_at = None


@sa.event.listens_for(Product, "before_insert")
@sa.event.listens_for(Product, "before_update")
def _remember_words(_mapper: Mapper[Product], _connection: Connection, product: Product) -> None:
    product.search_text = search_text_of(product.sku, product.name.fr, product.name.en)
