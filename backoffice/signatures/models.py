"""What a client's signature is: who, what, in which words, and from where."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.db import Base, Id, Key, stored_by_value
from backoffice.links.models import Channel, Venue
from backoffice.quotes.choice import Choice
from backoffice.signatures.strokes import Drawing, kept_drawing


class Way(enum.StrEnum):
    """How the name was put: typed and shown in the handwriting face, or drawn (``strokes``). Of equal value."""

    TYPED = "typed"
    DRAWN = "drawn"


@dataclass(frozen=True, kw_only=True)
class AgreedText:
    """A wording as shown to the signer, filled, with where it comes from."""

    code: str
    version: int
    sha256: str
    language: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Signing:
    """What the signer entered and where they came from, checked by the form and not yet a signature."""

    name: str
    email: str
    function: str
    company: str
    mention: str
    written_name: str
    way: Way
    language: str
    agreed: tuple[AgreedText, ...]
    link_id: int
    channel: Channel
    address: str
    user_agent: str
    strokes: bytes | None = None
    venue: Venue | None = None
    place: str = ""


class Signature(Base):
    """The signature of one version; no column changes once written (a trigger sees to it)."""

    __tablename__ = "signatures"
    __table_args__ = (
        sa.UniqueConstraint("version_id"),
        sa.CheckConstraint("(way = 'drawn') = (strokes IS NOT NULL)", "what_is_drawn_is_kept"),
        sa.CheckConstraint("(channel = 'in_person') = (venue IS NOT NULL)", "in_person_is_somewhere"),
    )

    id: Mapped[Key]
    quote_id: Mapped[Id] = mapped_column(sa.ForeignKey("quotes.id", ondelete="RESTRICT"), index=True)
    version_id: Mapped[Id] = mapped_column(sa.ForeignKey("quote_versions.id", ondelete="RESTRICT"))
    link_id: Mapped[Id] = mapped_column(sa.ForeignKey("client_links.id", ondelete="RESTRICT"), index=True)
    signed_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254))
    function: Mapped[str] = mapped_column(sa.String(120))
    company: Mapped[str] = mapped_column(sa.String(120))
    mention: Mapped[str] = mapped_column(sa.String(120))
    written_name: Mapped[str] = mapped_column(sa.String(120))
    way: Mapped[Way] = mapped_column(stored_by_value(Way))
    selection: Mapped[bytes]  # canonical JSON
    totals: Mapped[bytes]  # canonical JSON
    content_digest: Mapped[str] = mapped_column(sa.String(64))
    combined_digest: Mapped[str] = mapped_column(sa.String(64))
    language: Mapped[str] = mapped_column(sa.String(2))
    channel: Mapped[Channel] = mapped_column(stored_by_value(Channel))
    address: Mapped[str] = mapped_column(sa.String(45))
    user_agent: Mapped[str] = mapped_column(sa.String(400))
    strokes: Mapped[bytes | None]  # canonical JSON, as signatures.strokes keeps it
    venue: Mapped[Venue | None] = mapped_column(stored_by_value(Venue))
    place: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")

    texts: Mapped[list["SignatureText"]] = relationship(
        lazy="raise_on_sql", order_by="SignatureText.position"
    )

    @classmethod
    def of(cls, signing: Signing, choice: Choice, *, at: datetime, **about: Any) -> "Signature":
        """``about``: quote_id, version_id and content_digest of what is signed."""
        return cls(
            link_id=signing.link_id,
            signed_at=at,
            name=signing.name,
            email=signing.email,
            function=signing.function,
            company=signing.company,
            mention=signing.mention,
            written_name=signing.written_name,
            way=signing.way,
            selection=choice.selection_bytes,
            totals=choice.totals_bytes,
            combined_digest=choice.digest,
            language=signing.language,
            channel=signing.channel,
            address=signing.address,
            user_agent=signing.user_agent,
            strokes=signing.strokes,
            venue=signing.venue,
            place=signing.place,
            texts=[
                SignatureText(
                    position=position,
                    code=each.code,
                    version=each.version,
                    sha256=each.sha256,
                    language=each.language,
                    text=each.text,
                )
                for position, each in enumerate(signing.agreed)
            ],
            **about,
        )

    @property
    def drawing(self) -> Drawing | None:
        """What was drawn; None when the name was typed."""
        return kept_drawing(self.strokes)


class SignatureText(Base):
    """A wording that the signer agreed to or was shown, exactly as shown."""

    __tablename__ = "signature_texts"
    __table_args__ = (sa.UniqueConstraint("signature_id", "code"),)

    id: Mapped[Key]
    signature_id: Mapped[Id] = mapped_column(sa.ForeignKey("signatures.id", ondelete="RESTRICT"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(sa.String(40), insert_sentinel=True)
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    language: Mapped[str] = mapped_column(sa.String(2))
    text: Mapped[str]
