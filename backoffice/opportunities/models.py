"""Deals being worked, their phases and their working paper."""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from backoffice.catalogue.models import Nature, Unit, VatCategory
from backoffice.catalogue.search import folded
from backoffice.clients.models import Client, Contact
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
from backoffice.money import Discount, PricedLine, Recurrence, Vat


class Outcome(enum.StrEnum):
    """What a phase means for the deal."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    EXPIRED = "expired"


def chance_of(guess: Decimal | None, usual: Decimal, outcome: Outcome) -> Decimal:
    """In per cent: somebody's guess, or else what is usual in the phase. A final phase knows better than any guess."""
    return usual if guess is None or outcome is not Outcome.OPEN else guess


class QuoteMoment(enum.StrEnum):
    """Moments of a quote's life that may move its deal to a phase."""

    SENT = "sent"
    CHANGES_REQUESTED = "changes_requested"
    SIGNED = "signed"
    REFUSED = "refused"
    EXPIRED = "expired"


class Pipeline(Base):
    __tablename__ = "pipelines"

    id: Mapped[Key]
    name: Mapped[Bilingual] = bilingual("name")
    archived_at: Mapped[datetime | None]

    phases: Mapped[list["Phase"]] = relationship(
        back_populates="pipeline", lazy="raise_on_sql", order_by="Phase.position"
    )


class Phase(Base):
    """A step of a pipeline. ``probability`` in per cent."""

    __tablename__ = "phases"
    __table_args__ = (sa.UniqueConstraint("pipeline_id", "position"),)

    id: Mapped[Key]
    pipeline_id: Mapped[Id] = mapped_column(sa.ForeignKey("pipelines.id", ondelete="RESTRICT"))
    position: Mapped[int]
    name: Mapped[Bilingual] = bilingual("name")
    probability: Mapped[Decimal] = mapped_column(Percent)
    outcome: Mapped[Outcome] = mapped_column(stored_by_value(Outcome), default=Outcome.OPEN)

    pipeline: Mapped[Pipeline] = relationship(back_populates="phases", lazy="raise_on_sql")


class PhaseTrigger(Base):
    """In this pipeline, this moment of a quote moves the deal forward to this phase."""

    __tablename__ = "phase_triggers"
    __table_args__ = (sa.UniqueConstraint("pipeline_id", "moment"),)

    id: Mapped[Key]
    pipeline_id: Mapped[Id] = mapped_column(sa.ForeignKey("pipelines.id", ondelete="RESTRICT"))
    moment: Mapped[QuoteMoment] = mapped_column(stored_by_value(QuoteMoment))
    phase_id: Mapped[Id] = mapped_column(sa.ForeignKey("phases.id", ondelete="RESTRICT"), index=True)


NOT_ARCHIVED = sa.text("archived_at IS NULL")


class Opportunity(Base, RecordsEvents, Revised):
    """A deal. Its lines are the working paper: always the next version of the quote.

    ``estimate`` (in the seller's currency, without VAT) counts until there are lines. ``probability`` in per cent
    replaces the phase's, None leaves it. ``lost_reason_id`` and ``lost_words`` tell why, while it is lost.
    ``search_text`` follows the title.
    """

    __tablename__ = "opportunities"
    __table_args__ = (
        sa.CheckConstraint("estimate >= 0", "estimate_not_negative"),
        sa.CheckConstraint("probability BETWEEN 0 AND 10000", "probability_is_a_percentage"),
        sa.Index(
            "ix_opportunities_source", "source", sqlite_where=NOT_ARCHIVED, postgresql_where=NOT_ARCHIVED
        ),
        sa.Index(
            "ix_opportunities_owner_source",
            "owner_id",
            "source",
            sqlite_where=NOT_ARCHIVED,
            postgresql_where=NOT_ARCHIVED,
        ),
        sa.Index(  # the board: nearest of a phase, and how many of an owner
            "ix_opportunities_nearest",
            "phase_id",
            "expected_on",
            "id",
            "owner_id",
            sqlite_where=NOT_ARCHIVED,
            postgresql_where=NOT_ARCHIVED,
        ),
    )

    id: Mapped[Key]
    title: Mapped[str] = mapped_column(sa.String(160))
    client_id: Mapped[Id] = mapped_column(sa.ForeignKey("clients.id", ondelete="RESTRICT"), index=True)
    contact_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("contacts.id", ondelete="RESTRICT"), index=True
    )
    owner_id: Mapped[Id] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    pipeline_id: Mapped[Id] = mapped_column(sa.ForeignKey("pipelines.id", ondelete="RESTRICT"), index=True)
    phase_id: Mapped[Id] = mapped_column(sa.ForeignKey("phases.id", ondelete="RESTRICT"), index=True)
    source: Mapped[str] = mapped_column(sa.String(80), default="")
    expected_on: Mapped[date | None]
    estimate: Mapped[Decimal | None] = mapped_column(Amount)
    probability: Mapped[Decimal | None] = mapped_column(Percent)
    lost_reason_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("reasons.id", ondelete="RESTRICT"), index=True
    )
    lost_words: Mapped[str] = mapped_column(default="")
    search_text: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    client: Mapped[Client] = relationship(lazy="raise_on_sql")
    contact: Mapped[Contact | None] = relationship(lazy="raise_on_sql")
    phase: Mapped[Phase] = relationship(lazy="raise_on_sql")
    lines: Mapped[list["OpportunityLine"]] = relationship(
        lazy="raise_on_sql",
        order_by="OpportunityLine.position",
        cascade="save-update, merge, delete-orphan, delete",
        primaryjoin="and_(OpportunityLine.opportunity_id == Opportunity.id, OpportunityLine.removed_at.is_(None))",
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once

    @validates("title")
    def _searched(self, _name: str, title: str) -> str:
        self.search_text = folded(title)
        return title

    @property
    def chance(self) -> Decimal:
        """In per cent; the deal comes with its phase."""
        return chance_of(self.probability, self.phase.probability, self.phase.outcome)


class LineKind(enum.StrEnum):
    """A section heads the lines below it, down to the next one. A note is a text between the lines."""

    ITEM = "item"
    SECTION = "section"
    NOTE = "note"


class OpportunityLine(Base):
    """A line of the working paper, copied from the catalogue; ``uuid`` follows it into every version.

    ``one_of`` (of a section): the client takes exactly one of its items, which are variants. ``hides_prices`` (of a
    section): the client reads what it comes to, and no price of its firm lines. ``is_optional`` (of an item): the
    client may leave it. ``is_taken``: an option that is ticked, or the variant that is chosen, until the client
    says otherwise. ``quantity_min`` and ``quantity_max``, both or none: between what the client may choose.
    ``discount_amount`` is taken off the whole line, instead of the per cent in ``discount``.
    ``revision`` counts changes of what it says, not of where it stands. A line that was removed waits a while for
    whoever wants it back. ``explanation`` tells where the price comes from: see ``pricing.explained``.
    """

    __tablename__ = "opportunity_lines"
    __table_args__ = (
        sa.UniqueConstraint("uuid"),
        sa.CheckConstraint("discount BETWEEN 0 AND 10000", "discount_is_a_percentage"),
        sa.CheckConstraint("discount_amount >= 0", "discount_not_negative"),
        sa.CheckConstraint("discount = 0 OR discount_amount = 0", "one_discount"),
        sa.CheckConstraint(
            "(quantity_min IS NULL AND quantity_max IS NULL)"
            " OR (quantity_min > 0 AND quantity BETWEEN quantity_min AND quantity_max)",
            "quantity_in_range",
        ),
    )

    id: Mapped[Key]
    uuid: Mapped[UUID] = mapped_column(default=uuid4)
    opportunity_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("opportunities.id", ondelete="RESTRICT"), index=True
    )
    product_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True
    )
    position: Mapped[int]
    kind: Mapped[LineKind] = mapped_column(stored_by_value(LineKind), default=LineKind.ITEM)
    name: Mapped[Bilingual] = bilingual("name")
    description: Mapped[Bilingual] = bilingual("description")
    nature: Mapped[Nature] = mapped_column(stored_by_value(Nature), default=Nature.SERVICE)
    unit: Mapped[Unit] = mapped_column(stored_by_value(Unit), default=Unit.PIECE)
    quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(1))
    unit_price: Mapped[Decimal] = mapped_column(UnitPrice, default=Decimal(0))
    discount: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0))
    vat_category: Mapped[VatCategory] = mapped_column(
        stored_by_value(VatCategory), default=VatCategory.STANDARD
    )
    vat_rate: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0))
    cost: Mapped[Decimal | None] = mapped_column(UnitPrice)
    discount_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    recurrence: Mapped[Recurrence] = mapped_column(stored_by_value(Recurrence), default=Recurrence.ONCE)
    is_optional: Mapped[bool] = mapped_column(default=False)
    is_taken: Mapped[bool] = mapped_column(default=False)
    quantity_min: Mapped[Decimal | None] = mapped_column(Quantity)
    quantity_max: Mapped[Decimal | None] = mapped_column(Quantity)
    one_of: Mapped[bool] = mapped_column(default=False)
    hides_prices: Mapped[bool] = mapped_column(default=False)
    internal_note: Mapped[str] = mapped_column(default="")
    explanation: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    image_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    revision: Mapped[int] = mapped_column(default=1)
    removed_at: Mapped[datetime | None]

    @property
    def is_section(self) -> bool:
        return self.kind is LineKind.SECTION

    @property
    def reduction(self) -> Discount:
        return Discount(self.discount, self.discount_amount)

    @property
    def is_item(self) -> bool:
        return self.kind is LineKind.ITEM

    @property
    def priced(self) -> PricedLine:
        return PricedLine(
            self.quantity,
            self.unit_price,
            self.discount,
            Vat(self.vat_category.value, self.vat_rate),
            self.discount_amount,
        )
