"""Legal facts as data: dated VAT rates and dated wordings, copied into documents when these are frozen."""

import enum
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.catalogue.models import VatCategory
from backoffice.db import Base, Bilingual, Key, Percent, bilingual, stored_by_value


class VatRate(Base):
    """A rate that may be chosen on a line, from ``valid_from`` to the end of ``valid_to``."""

    __tablename__ = "vat_rates"
    __table_args__ = (sa.UniqueConstraint("country", "category", "rate", "valid_from"),)

    id: Mapped[Key]
    country: Mapped[str] = mapped_column(sa.String(2))
    category: Mapped[VatCategory] = mapped_column(stored_by_value(VatCategory))
    rate: Mapped[Decimal] = mapped_column(Percent)
    label: Mapped[Bilingual] = bilingual("label")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


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
