"""A quote, and the acts that rep and client may do on it and its versions."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.acceptances.models import Acceptance, Accepting
from backoffice.db import (
    Amount,
    Base,
    Bilingual,
    Id,
    Key,
    Percent,
    Revised,
    bilingual,
    stored_by_value,
)
from backoffice.errors import IllegalMove
from backoffice.events import RecordsEvents
from backoffice.money import Discount
from backoffice.quotes import canonical
from backoffice.quotes.choice import Selection
from backoffice.quotes.deposit import Deposit, DepositKind
from backoffice.quotes.instalments import QuoteInstalment
from backoffice.quotes.refusals import AlreadyAccepted, AlreadySigned, QuoteChanged, QuoteClosed, QuoteExpired
from backoffice.quotes.states import VersionState, checked_move
from backoffice.quotes.versions import QuoteVersion
from backoffice.signatures.models import Signature, Signing

__all__ = ["Quote", "QuoteInstalment", "QuoteVersion"]


class Quote(Base, RecordsEvents, Revised):
    """What the working paper says besides its lines, and the versions made of it."""

    __tablename__ = "quotes"
    __table_args__ = (
        sa.UniqueConstraint("number"),
        sa.Index(
            "uq_quotes_open",
            "opportunity_id",
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
        sa.CheckConstraint("discount BETWEEN 0 AND 10000", "discount_is_a_percentage"),
        sa.CheckConstraint("discount_amount >= 0", "discount_not_negative"),
        sa.CheckConstraint("discount = 0 OR discount_amount = 0", "one_discount"),
        sa.CheckConstraint("deposit_percent BETWEEN 0 AND 10000", "deposit_is_a_percentage"),
        sa.CheckConstraint("(deposit_percent = 0) = (deposit_kind IS NULL)", "deposit_has_a_kind"),
    )

    id: Mapped[Key]
    opportunity_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("opportunities.id", ondelete="RESTRICT"), index=True
    )
    number: Mapped[str | None] = mapped_column(sa.String(35))
    title: Mapped[Bilingual] = bilingual("title")
    introduction: Mapped[Bilingual] = bilingual("introduction")
    language: Mapped[str] = mapped_column(sa.String(2))
    currency: Mapped[str] = mapped_column(sa.String(3))
    discount: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0))
    discount_amount: Mapped[Decimal] = mapped_column(Amount, default=Decimal(0))
    valid_until: Mapped[date]
    payment_days: Mapped[int]
    deposit_percent: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0), server_default="0")
    deposit_kind: Mapped[DepositKind | None] = mapped_column(stored_by_value(DepositKind))
    live_version_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey(
            "quote_versions.id",
            ondelete="RESTRICT",
            use_alter=True,
            name="fk_quotes_live_version_id_quote_versions",
        )
    )
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    versions: Mapped[list["QuoteVersion"]] = relationship(
        back_populates="quote",
        lazy="raise_on_sql",
        order_by="QuoteVersion.number",
        foreign_keys="QuoteVersion.quote_id",
    )

    instalments: Mapped[list[QuoteInstalment]] = relationship(
        back_populates="quote",
        lazy="raise_on_sql",
        order_by=QuoteInstalment.position,
        cascade="save-update, merge, delete-orphan, delete",
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once

    @property
    def reduction(self) -> Discount:
        return Discount(self.discount, self.discount_amount)

    @property
    def deposit(self) -> Deposit | None:
        return None if self.deposit_kind is None else Deposit(self.deposit_kind, self.deposit_percent)

    @property
    def latest(self) -> "QuoteVersion | None":
        return self.versions[-1] if self.versions else None

    @property
    def next_number(self) -> int:
        return (self.latest.number if self.latest else 0) + 1

    @property
    def live(self) -> "QuoteVersion | None":
        return next((version for version in self.versions if version.is_live), None)

    def refuse_if_agreed(self) -> None:
        """Raises AlreadySigned, or AlreadyAccepted, which is one."""
        state = next((version.state for version in self.versions if version.is_agreed), None)
        if state is not None:
            raise (AlreadySigned if state is VersionState.SIGNED else AlreadyAccepted)(quote=self.number)

    def supersede(self) -> None:
        """Close whatever version the client has now.

        The caller flushes before the next is added: the table allows one live version at a time.
        """
        self.refuse_if_agreed()
        if self.closed_at is not None:  # the deal was given up: the next offer is a new quote
            raise IllegalMove(quote=self.number)
        former = self.latest
        if former is not None and former.state is not VersionState.SUPERSEDED:
            former.state = checked_move(former.state, VersionState.SUPERSEDED)

    def add_version(
        self, *, content: bytes, internal: dict[str, Any], closes_at: datetime, by: int, at: datetime
    ) -> "QuoteVersion":
        """Freeze ``content`` as the next version, born sent."""
        version = QuoteVersion(
            number=self.next_number,
            content=content,
            digest=canonical.digest_of(content),
            internal=internal,
            state=VersionState.SENT,
            frozen_at=at,
            closes_at=closes_at,
            frozen_by=by,
        )
        self.versions.append(version)
        return version

    def sign(self, signing: Signing, selection: Selection, *, at: datetime, seen_as: str) -> Signature:
        """The client accepts the live version as shown. ``at``: when the request came in, before any lock.

        ``seen_as`` is the combined digest that the page carried. Raises AlreadySigned, QuoteExpired,
        QuoteClosed, QuoteChanged, ChoiceNotOffered; what it returns still has to be flushed.
        """
        version = self.answerable(at)
        choice = version.choose(selection)
        if seen_as != choice.digest:
            raise QuoteChanged(quote=self.number)
        version.state = checked_move(version.state, VersionState.SIGNED)
        self.closed_at = at
        return Signature.of(signing, choice, at=at, **self._terms(version))

    def accept(self, accepting: Accepting, selection: Selection, *, at: datetime, seen_as: str) -> Acceptance:
        """The client accepted ``selection`` otherwise than on their page; one of ours records it at ``at``.

        Also after the last day, for a yes that came in time. ``seen_as`` is the combined digest that the form carried.
        Raises AlreadySigned, QuoteClosed, QuoteChanged, ChoiceNotOffered, and as ``Accepting.check``.
        """
        self.refuse_if_agreed()
        version = self.acceptable
        if version is None:
            raise QuoteClosed(quote=self.number)
        offer = version.read()
        choice = version.choose(selection)
        if seen_as != choice.digest:
            raise QuoteChanged(quote=self.number)
        accepting.check(offer, sent_at=version.frozen_at, at=at)
        version.state = checked_move(version.state, VersionState.ACCEPTED)
        self.closed_at = at
        return Acceptance.of(accepting, choice, language=offer["language"], at=at, **self._terms(version))

    @property
    def acceptable(self) -> "QuoteVersion | None":
        """The version whose acceptance may be recorded: the live one, or the last one if it has expired."""
        lapsed = self.latest is not None and self.latest.state is VersionState.EXPIRED
        return self.live or (self.latest if lapsed and self.closed_at is None else None)

    def answerable(self, at: datetime) -> "QuoteVersion":
        """The version that a client may answer at ``at``. Raises AlreadySigned, QuoteExpired, QuoteClosed."""
        self.refuse_if_agreed()
        version = self.live
        if version is None:
            lapsed = self.latest is not None and self.latest.state is VersionState.EXPIRED
            raise QuoteExpired(quote=self.number) if lapsed else QuoteClosed(quote=self.number)
        if at >= version.closes_at:
            raise QuoteExpired(quote=self.number, closed_at=version.closes_at)
        return version

    def request_changes(self, *, at: datetime, seen_as: str) -> "QuoteVersion":
        """The client wants the live version otherwise; again while it is being looked at moves nothing.

        ``seen_as``: the digest of the version that was read. Raises as ``answerable``, and QuoteChanged.
        """
        version = self._seen(at, seen_as)
        if version.state is not VersionState.CHANGES_REQUESTED:
            version.state = checked_move(version.state, VersionState.CHANGES_REQUESTED)
        return version

    def answer_request(self) -> "QuoteVersion":
        """The rep answers what was asked: the client has the version to decide on again. Raises IllegalMove."""
        version = self.live or self.latest
        if version is None or version.state is not VersionState.CHANGES_REQUESTED:
            raise IllegalMove(current=version and version.state.value, target=VersionState.SENT.value)
        version.state = checked_move(version.state, VersionState.SENT)
        return version

    def refuse(self, *, at: datetime, seen_as: str) -> "QuoteVersion":
        """The client says no to the live version. Raises as ``request_changes``."""
        version = self._seen(at, seen_as)
        version.state = checked_move(version.state, VersionState.REFUSED)
        return version

    def withdraw(self, *, seen_as: str) -> "QuoteVersion":
        """The rep takes the live version back, also after its last day.

        Raises AlreadySigned, QuoteClosed, QuoteChanged.
        """
        self.refuse_if_agreed()
        version = self.live
        if version is None:
            raise QuoteClosed(quote=self.number)
        if seen_as != version.digest:
            raise QuoteChanged(quote=self.number)
        version.state = checked_move(version.state, VersionState.WITHDRAWN)
        return version

    def lapse(self, at: datetime) -> "QuoteVersion | None":
        """Record that the live version's last day is over; None when there is nothing to record."""
        version = self.live
        if version is None or at < version.closes_at:
            return None
        version.state = checked_move(version.state, VersionState.EXPIRED)
        return version

    def _seen(self, at: datetime, seen_as: str) -> "QuoteVersion":
        version = self.answerable(at)
        if seen_as != version.digest:
            raise QuoteChanged(quote=self.number)
        return version

    def _terms(self, version: "QuoteVersion") -> dict[str, Any]:
        """What of ours is agreed to."""
        return {"quote_id": self.id, "version_id": version.id, "content_digest": version.digest}
