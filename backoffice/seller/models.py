"""The firm that sells: one row. Another company is another installation."""

import enum
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import (
    Address,
    Amount,
    Base,
    Bilingual,
    Percent,
    Revised,
    address,
    bilingual,
    stored_by_value,
)

ONLY = 1


class VatRegime(enum.StrEnum):
    """How the seller stands towards VAT: ordinary, or the small-business exemption of CGI 293 B."""

    STANDARD = "standard"
    FRANCHISE = "franchise"


class Step(enum.StrEnum):
    """The steps of the first run that describe the firm, in their order."""

    IDENTITY = "identity"
    VAT = "vat"
    LOOK = "look"
    NUMBERING = "numbering"
    TERMS = "terms"
    MENTIONS = "mentions"

    @property
    def following(self) -> "Step | None":
        """None after the last."""
        later = list(Step)[list(Step).index(self) + 1 :]
        return later[0] if later else None


class Seller(Base, Revised):
    """Identity, colours, bank and habits of the firm. What a document shows of it is copied when it is frozen.

    ``first_run``: the step that comes next; None when the first run is over, or ``flask seller set`` did without.
    ``margin_floor``: the margin below which a quote warns its rep, in per cent of the net; None never does.
    ``demonstration``: invented, with all that is in this installation; it may be removed as a whole.
    """

    __tablename__ = "seller"
    __table_args__ = (
        sa.CheckConstraint(f"id = {ONLY}", "only_one"),
        sa.CheckConstraint("margin_floor BETWEEN 0 AND 10000", "floor_is_a_percentage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=ONLY)
    name: Mapped[str] = mapped_column(sa.String(120))
    trading_name: Mapped[str] = mapped_column(sa.String(120), default="")
    legal_form: Mapped[str] = mapped_column(sa.String(80), default="")
    capital: Mapped[Decimal | None] = mapped_column(Amount)
    siren: Mapped[str] = mapped_column(sa.String(9), default="")
    rcs: Mapped[str] = mapped_column(sa.String(80), default="")
    vat_number: Mapped[str] = mapped_column(sa.String(20), default="")
    address: Mapped[Address] = address()
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    website: Mapped[str] = mapped_column(sa.String(200), default="")
    tagline: Mapped[Bilingual] = bilingual("tagline")
    insurance: Mapped[Bilingual] = bilingual("insurance")
    mediator: Mapped[Bilingual] = bilingual("mediator")
    iban: Mapped[str] = mapped_column(sa.String(34), default="")
    bic: Mapped[str] = mapped_column(sa.String(11), default="")
    vat_regime: Mapped[VatRegime] = mapped_column(stored_by_value(VatRegime), default=VatRegime.STANDARD)
    vat_on_debits: Mapped[bool] = mapped_column(default=False)
    colour: Mapped[str] = mapped_column(sa.String(7), default="#18694c")
    logo: Mapped[bytes | None]
    logo_type: Mapped[str] = mapped_column(sa.String(40), default="")
    language: Mapped[str] = mapped_column(sa.String(2), default="fr")
    currency: Mapped[str] = mapped_column(sa.String(3), default="EUR")
    timezone: Mapped[str] = mapped_column(sa.String(64), default="Europe/Paris")
    quote_days: Mapped[int] = mapped_column(default=30)
    payment_days: Mapped[int] = mapped_column(default=30)
    margin_floor: Mapped[Decimal | None] = mapped_column(Percent)
    first_run: Mapped[Step | None] = mapped_column(stored_by_value(Step))
    demonstration: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once

    @property
    def shown_name(self) -> str:
        return self.trading_name or self.name

    def step_taken(self, step: Step) -> None:
        """Go on in the first run, unless it has come further or is over."""
        if self.first_run is step:
            self.first_run = step.following

    def as_content(self) -> dict[str, object]:
        """The seller as frozen into a document; capital in hundredths."""
        return {
            "name": self.name,
            "trading_name": self.shown_name,
            "legal_form": self.legal_form,
            "capital": None if self.capital is None else int(self.capital.scaleb(2)),
            "siren": self.siren,
            "rcs": self.rcs,
            "vat_number": self.vat_number,
            **self.address.as_content(),
            "phone": self.phone,
            "email": self.email,
            "website": self.website,
            "tagline": self.tagline.as_content(),
            "iban": self.iban,
            "bic": self.bic,
            "vat_regime": self.vat_regime.value,
            "vat_on_debits": self.vat_on_debits,
            "insurance": self.insurance.as_content(),
            "mediator": self.mediator.as_content(),
        }
