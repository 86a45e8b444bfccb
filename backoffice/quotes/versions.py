"""What one client was offered, frozen."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.db import Base, Id, Key, one_of, stored_by_value
from backoffice.quotes import canonical
from backoffice.quotes.choice import Choice, Offered, Selection, chosen
from backoffice.quotes.states import AGREED, LIVE, VersionState

if TYPE_CHECKING:
    from backoffice.quotes.models import Quote


class QuoteVersion(Base):
    """What one client was offered, frozen. Only state moves; a trigger refuses any change of the content."""

    __tablename__ = "quote_versions"
    __table_args__ = (
        sa.UniqueConstraint("quote_id", "number"),
        sa.Index(
            "uq_quote_versions_live",
            "quote_id",
            unique=True,
            sqlite_where=sa.text(one_of("state", LIVE)),
            postgresql_where=sa.text(one_of("state", LIVE)),
        ),
        sa.Index(
            "uq_quote_versions_agreed",
            "quote_id",
            unique=True,
            sqlite_where=sa.text(one_of("state", AGREED)),
            postgresql_where=sa.text(one_of("state", AGREED)),
        ),
        sa.Index(  # what the sweep looks for
            "ix_quote_versions_closing",
            "closes_at",
            sqlite_where=sa.text(one_of("state", LIVE)),
            postgresql_where=sa.text(one_of("state", LIVE)),
        ),
    )

    id: Mapped[Key]
    quote_id: Mapped[Id] = mapped_column(sa.ForeignKey("quotes.id", ondelete="RESTRICT"), index=True)
    number: Mapped[int]
    state: Mapped[VersionState] = mapped_column(stored_by_value(VersionState))
    content: Mapped[bytes]
    digest: Mapped[str] = mapped_column(sa.String(64))
    internal: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[Id] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    closes_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column()

    quote: Mapped["Quote"] = relationship(
        back_populates="versions", lazy="raise_on_sql", foreign_keys=[quote_id]
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_agreed(self) -> bool:
        return self.state in AGREED

    def is_open(self, at: datetime) -> bool:
        """Whether the client can still sign it: the end of the last day decides, not the sweep that records it."""
        return self.is_live and at < self.closes_at

    def read(self) -> dict[str, Any]:
        """The frozen facts; shapes in ``quotes.content``."""
        facts: dict[str, Any] = canonical.read(self.content)
        return facts

    def usual_selection(self) -> Selection:
        """What is taken as long as the client says nothing."""
        return Offered(self.read()).usual()

    def choose(self, selection: Selection) -> Choice:
        """Raises ChoiceNotOffered."""
        return chosen(self.read(), selection, content_digest=self.digest)
