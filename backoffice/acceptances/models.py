"""What one of ours records of a client who accepted otherwise than on their page. No electronic signature: a record."""

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice import clock
from backoffice.acceptances.refusals import (
    AcceptanceToCome,
    AcceptedBeforeSent,
    AcceptedTooLate,
    ConsumerInWriting,
    ProofMissing,
)
from backoffice.db import Base, Id, Key, one_of, stored_by_value
from backoffice.quotes.choice import Choice


class Method(enum.StrEnum):
    """How the client said yes."""

    PAPER = "paper"
    EMAIL = "email"
    TELEPHONE = "telephone"
    IN_PERSON = "in_person"


WRITTEN = (Method.PAPER, Method.EMAIL)
"""Something is left of it, which is kept as proof. A consumer is bound by nothing less.

C. conso L221-16: after a call of the seller's, once the offer is signed and accepted on a durable medium;
L221-9: away from the seller's premises, by a contract signed on paper or, if the consumer agrees, another such medium.
"""
LONGEST_NOTE = 2000


@dataclass(frozen=True, kw_only=True)
class Accepting:
    """Who accepted, how and when, checked by the form and not yet an acceptance.

    ``accepted_on``: the seller's day on which the yes reached the firm. ``email`` may be empty. ``proofs``: how many
    files show it. ``posted_as`` is the mark of one filled form.
    """

    method: Method
    name: str
    function: str
    email: str
    accepted_on: date
    note: str
    proofs: int
    recorded_by: int
    posted_as: uuid.UUID

    def check(self, offer: Mapping[str, Any], *, sent_at: datetime, at: datetime) -> None:
        """``offer`` is the content of the version accepted.

        Raises ConsumerInWriting, AcceptedBeforeSent, AcceptedTooLate, AcceptanceToCome, ProofMissing.
        """
        if offer["client"]["standing"] == "consumer" and self.method not in WRITTEN:
            raise ConsumerInWriting(method=self.method.value)
        zone, last_day = offer["timezone"], date.fromisoformat(offer["valid_until"])
        if self.accepted_on < clock.day_of(sent_at, zone):
            raise AcceptedBeforeSent(sent_on=clock.day_of(sent_at, zone))
        if self.accepted_on > clock.day_of(at, zone):
            raise AcceptanceToCome(accepted_on=self.accepted_on)
        if self.accepted_on > last_day:
            raise AcceptedTooLate(valid_until=last_day)
        if self.method in WRITTEN and not self.proofs:
            raise ProofMissing(method=self.method.value)


class Acceptance(Base):
    """That a client accepted a version, by what and by whom it is told. A trigger refuses any change."""

    __tablename__ = "acceptances"
    __table_args__ = (
        sa.UniqueConstraint("version_id"),
        sa.UniqueConstraint("posted_as"),
        sa.CheckConstraint("name <> ''", "somebody_accepted"),
        sa.CheckConstraint(f"proofs > 0 OR NOT ({one_of('method', WRITTEN)})", "what_is_written_is_kept"),
    )

    id: Mapped[Key]
    quote_id: Mapped[Id] = mapped_column(sa.ForeignKey("quotes.id", ondelete="RESTRICT"), index=True)
    version_id: Mapped[Id] = mapped_column(sa.ForeignKey("quote_versions.id", ondelete="RESTRICT"))
    link_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("client_links.id", ondelete="RESTRICT"), index=True
    )
    """Where who accepted reads the quote from now on; none without an e-mail address."""
    method: Mapped[Method] = mapped_column(stored_by_value(Method))
    accepted_on: Mapped[date]
    name: Mapped[str] = mapped_column(sa.String(120))
    function: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(2))
    note: Mapped[str]
    proofs: Mapped[int]
    selection: Mapped[bytes]  # canonical JSON
    totals: Mapped[bytes]  # canonical JSON
    content_digest: Mapped[str] = mapped_column(sa.String(64))
    combined_digest: Mapped[str] = mapped_column(sa.String(64))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[Id] = mapped_column(
        sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True
    )
    posted_as: Mapped[uuid.UUID]

    @classmethod
    def of(
        cls, accepting: Accepting, choice: Choice, *, language: str, at: datetime, **about: Any
    ) -> "Acceptance":
        """``about``: quote_id, version_id and content_digest; ``language``: the quote's, in which mails go out."""
        return cls(
            method=accepting.method,
            accepted_on=accepting.accepted_on,
            name=accepting.name,
            function=accepting.function,
            email=accepting.email,
            language=language,
            note=accepting.note,
            proofs=accepting.proofs,
            selection=choice.selection_bytes,
            totals=choice.totals_bytes,
            combined_digest=choice.digest,
            recorded_at=at,
            recorded_by=accepting.recorded_by,
            posted_as=accepting.posted_as,
            **about,
        )


class AcceptanceProof(Base):
    """A file that shows the acceptance: a page of the signed paper, the e-mail; archived by its SHA-256."""

    __tablename__ = "acceptance_proofs"
    __table_args__ = (sa.UniqueConstraint("file_id"), sa.UniqueConstraint("acceptance_id", "position"))

    id: Mapped[Key]
    acceptance_id: Mapped[Id] = mapped_column(sa.ForeignKey("acceptances.id", ondelete="RESTRICT"))
    position: Mapped[int]
    file_id: Mapped[Id] = mapped_column(sa.ForeignKey("stored_files.id", ondelete="RESTRICT"))
