"""Legal facts as data: dated VAT rates and dated wordings, copied into documents when these are frozen."""

import enum
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.catalogue.models import VatCategory
from backoffice.db import Base, Bilingual, Id, Key, Percent, Revised, bilingual, stored_by_value


class VatRate(Base, Revised):
    """A rate that may be chosen on a line, from ``valid_from`` to the end of ``valid_to``.

    ``successor_id``: the rate that takes its place when it has ended. ``exemption`` and ``vatex`` tell why no VAT is
    charged, in words and as a code of the VATEX list (EN 16931, BT-120 and BT-121).
    """

    __tablename__ = "vat_rates"
    __table_args__ = (
        sa.UniqueConstraint("country", "category", "rate", "valid_from"),
        sa.CheckConstraint("valid_to >= valid_from", "ends_after_it_begins"),
        sa.CheckConstraint("successor_id <> id", "rate_not_its_own_successor"),
        sa.CheckConstraint("successor_id IS NULL OR valid_to IS NOT NULL", "only_what_ends_is_succeeded"),
    )

    id: Mapped[Key]
    country: Mapped[str] = mapped_column(sa.String(2))
    category: Mapped[VatCategory] = mapped_column(stored_by_value(VatCategory))
    rate: Mapped[Decimal] = mapped_column(Percent)
    label: Mapped[Bilingual] = bilingual("label")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("vat_rates.id", ondelete="RESTRICT"), index=True
    )
    exemption: Mapped[Bilingual] = bilingual("exemption")
    vatex: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")
    revision: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once


class Audience(enum.StrEnum):
    """Whom a wording is for."""

    ALL = "all"
    CONSUMER = "consumer"
    PROFESSIONAL = "professional"


class Place(enum.StrEnum):
    """Where a wording is used."""

    QUOTE = "quote"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    CEREMONY = "ceremony"


class LegalText(Base):
    """One version of a wording. ``{placeholders}`` are filled when it is shown or frozen."""

    __tablename__ = "legal_texts"
    __table_args__ = (sa.UniqueConstraint("code", "version"),)

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(sa.String(40))
    version: Mapped[int]
    audience: Mapped[Audience] = mapped_column(stored_by_value(Audience))
    place: Mapped[Place] = mapped_column(stored_by_value(Place))
    position: Mapped[int]
    text: Mapped[Bilingual] = bilingual("text")
    sha256: Mapped[str] = mapped_column(sa.String(64))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
