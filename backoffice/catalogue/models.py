"""What the firm sells, at today's prices. Copied onto a deal when chosen, never followed afterwards."""

import enum
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from backoffice.catalogue.search import search_text_of
from backoffice.db import (
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
from backoffice.errors import IllegalMove
from backoffice.families.models import ProductFamily


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


class BundleAs(enum.StrEnum):
    """What a bundle becomes on a quote."""

    ONE_LINE = "one_line"
    EXPANDED = "expanded"


class ProductImage(Base):
    """A picture that a product has or had; its bytes are in the archive. Never removed: papers may name it."""

    __tablename__ = "product_images"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    added_at: Mapped[datetime]


class Product(Base, Revised):
    """Goods or a service of the catalogue. Price and cost per unit, without VAT.

    ``bundle_as`` (of a bundle, which consists of ``parts``): it stays one line at its own price, or each part
    becomes a line at the part's price.
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
    family_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("product_families.id", ondelete="RESTRICT"), index=True
    )
    image_sha256: Mapped[str | None] = mapped_column(
        sa.ForeignKey("product_images.sha256", ondelete="RESTRICT"), index=True
    )
    bundle_as: Mapped[BundleAs | None] = mapped_column(stored_by_value(BundleAs))
    search_text: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    family: Mapped[ProductFamily | None] = relationship(lazy="raise_on_sql")
    parts: Mapped[list["ProductPart"]] = relationship(
        back_populates="bundle",
        foreign_keys="ProductPart.bundle_id",
        lazy="raise_on_sql",
        order_by="ProductPart.position",
        cascade="save-update, merge, delete-orphan, delete",
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once

    @property
    def is_bundle(self) -> bool:
        return self.bundle_as is not None

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


class ProductPart(Base):
    """``quantity`` of a product, in its own unit, in one of the bundle. A part is no bundle: see ``bundles``."""

    __tablename__ = "product_parts"
    __table_args__ = (
        sa.UniqueConstraint("bundle_id", "part_id"),
        sa.CheckConstraint("bundle_id <> part_id", "bundle_not_in_itself"),
        sa.CheckConstraint("quantity > 0", "part_is_of_some_quantity"),
    )

    id: Mapped[Key]
    bundle_id: Mapped[Id] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"))
    part_id: Mapped[Id] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True)
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    position: Mapped[int]

    bundle: Mapped[Product] = relationship(
        back_populates="parts", foreign_keys=[bundle_id], lazy="raise_on_sql"
    )
    part: Mapped[Product] = relationship(foreign_keys=[part_id], lazy="raise_on_sql")


@sa.event.listens_for(Product, "before_insert")
@sa.event.listens_for(Product, "before_update")
def _remember_words(_mapper: Mapper[Product], _connection: Connection, product: Product) -> None:
    product.search_text = search_text_of(product.sku, product.name.fr, product.name.en)
