"""What clients answer besides signing, and what is answered to them. Every row is frozen once written."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from backoffice.db import Base, Bilingual, Id, Key, bilingual

LONGEST_WORDS = 2000


@dataclass(frozen=True, kw_only=True)
class Answering:
    """Who answers, and from where: through a link, or told to one of ours by telephone (``recorded_by``).

    ``email`` may be empty: then nobody is written to. ``posted_as`` is the mark of one filled form.
    """

    name: str
    email: str
    language: str
    link_id: int | None
    recorded_by: int | None = None
    address: str = ""
    user_agent: str = ""
    posted_as: uuid.UUID


class OfAVersion:
    """Mixin: what was said of one version of a quote."""

    @declared_attr
    def quote_id(cls) -> Mapped[Id]:  # noqa: N805 - a class, as declared_attr has it
        return mapped_column(sa.ForeignKey("quotes.id", ondelete="RESTRICT"), index=True)

    @declared_attr
    def version_id(cls) -> Mapped[Id]:  # noqa: N805
        return mapped_column(sa.ForeignKey("quote_versions.id", ondelete="RESTRICT"), index=True)


class Answered(OfAVersion):
    """Mixin: by whom."""

    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254))
    language: Mapped[str] = mapped_column(sa.String(2))
    text: Mapped[str]
    address: Mapped[str] = mapped_column(sa.String(45))
    user_agent: Mapped[str] = mapped_column(sa.String(400))
    posted_as: Mapped[uuid.UUID]

    @declared_attr
    def link_id(cls) -> Mapped[Id | None]:  # noqa: N805
        return mapped_column(sa.ForeignKey("client_links.id", ondelete="RESTRICT"), index=True)

    @declared_attr
    def recorded_by(cls) -> Mapped[Id | None]:  # noqa: N805
        return mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)


ONE_ACTOR = "(link_id IS NULL) <> (recorded_by IS NULL)"


class ChangeRequest(Base, Answered):
    """« Not like this »: what the client would have otherwise."""

    __tablename__ = "change_requests"
    __table_args__ = (
        sa.UniqueConstraint("posted_as"),
        sa.CheckConstraint("text <> ''", "request_says_something"),
        sa.CheckConstraint(ONE_ACTOR, "one_actor"),
    )

    id: Mapped[Key]
    asked_at: Mapped[datetime] = mapped_column(index=True)


class RequestReply(Base, OfAVersion):
    """What the rep answered to the requests that waited; ``request_id`` is the latest of them."""

    __tablename__ = "request_replies"
    __table_args__ = (
        sa.UniqueConstraint("request_id"),
        sa.CheckConstraint("text <> ''", "reply_says_something"),
    )

    id: Mapped[Key]
    request_id: Mapped[Id] = mapped_column(sa.ForeignKey("change_requests.id", ondelete="RESTRICT"))
    replied_at: Mapped[datetime]
    replied_by: Mapped[Id] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    text: Mapped[str]


class Refusal(Base, Answered):
    """« No ». ``reason`` is the name that the chosen reason had then, and may be empty."""

    __tablename__ = "refusals"
    __table_args__ = (sa.UniqueConstraint("version_id"), sa.CheckConstraint(ONE_ACTOR, "one_actor"))

    id: Mapped[Key]
    refused_at: Mapped[datetime] = mapped_column(index=True)
    reason_id: Mapped[Id | None] = mapped_column(sa.ForeignKey("reasons.id", ondelete="RESTRICT"), index=True)
    reason: Mapped[Bilingual] = bilingual("reason")


class Withdrawal(Base, OfAVersion):
    """The rep takes a version back; ``text`` is a word to the client, and may be empty."""

    __tablename__ = "withdrawals"
    __table_args__ = (sa.UniqueConstraint("version_id"),)

    id: Mapped[Key]
    withdrawn_at: Mapped[datetime]
    withdrawn_by: Mapped[Id] = mapped_column(
        sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True
    )
    text: Mapped[str]


class RenewalWish(Base, OfAVersion):
    """A client asks that an expired version be extended; ``asked_on`` is the seller's day, and once a day counts."""

    __tablename__ = "renewal_wishes"
    __table_args__ = (sa.UniqueConstraint("link_id", "version_id", "asked_on"),)

    id: Mapped[Key]
    link_id: Mapped[Id] = mapped_column(sa.ForeignKey("client_links.id", ondelete="RESTRICT"))
    asked_at: Mapped[datetime] = mapped_column(index=True)
    asked_on: Mapped[date]
