"""A client's link to a quote. The row holds a nonce; the address is that nonce signed, rebuilt when needed."""

import enum
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Base, Id, Key, stored_by_value

NONCE_BYTES = 16  # 128 bits (OWASP ASVS 7.2.3)
AFTER_CLOSING = timedelta(days=365)
"""How long a link answers after its quote closed, so that the client can read why."""
AFTER_SIGNING = timedelta(days=3660)
"""C. conso L213-1 and D213-2: the client may come back to the contract for ten years."""


class Channel(enum.StrEnum):
    """How the link reached the client."""

    MAIL = "mail"
    COPIED = "copied"
    IN_PERSON = "in_person"


class Venue(enum.StrEnum):
    """Where seller and client sat together: consumer law asks (C. conso L221-1, on and off the seller's premises)."""

    AT_CLIENT = "at_client"
    ON_PREMISES = "on_premises"
    AT_FAIR = "at_fair"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Whereabouts:
    """Where a quote is presented; ``place`` is what was typed besides, and may be empty."""

    venue: Venue
    place: str = ""


class ClientLink(Base):
    """One recipient's way to one quote, whatever version is live."""

    __tablename__ = "client_links"
    __table_args__ = (
        sa.UniqueConstraint("nonce"),
        sa.CheckConstraint("(channel = 'in_person') = (venue IS NOT NULL)", "in_person_is_somewhere"),
    )

    id: Mapped[Key]
    quote_id: Mapped[Id] = mapped_column(sa.ForeignKey("quotes.id", ondelete="RESTRICT"), index=True)
    contact_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("contacts.id", ondelete="RESTRICT"), index=True
    )
    nonce: Mapped[bytes] = mapped_column(
        sa.LargeBinary(NONCE_BYTES), default=lambda: secrets.token_bytes(NONCE_BYTES)
    )
    channel: Mapped[Channel] = mapped_column(stored_by_value(Channel))
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    language: Mapped[str] = mapped_column(sa.String(2))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    venue: Mapped[Venue | None] = mapped_column(stored_by_value(Venue))
    place: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")

    def is_open(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at
