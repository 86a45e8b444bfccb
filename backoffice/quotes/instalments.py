"""An instalment as the working paper says it."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice.db import Base, Bilingual, Id, Key, Percent, bilingual, scaled

if TYPE_CHECKING:
    from backoffice.quotes.models import Quote


class QuoteInstalment(Base):
    """``percent`` of the total, and in words when it is due."""

    __tablename__ = "quote_instalments"
    __table_args__ = (
        sa.UniqueConstraint("quote_id", "position"),
        sa.CheckConstraint("percent BETWEEN 1 AND 10000", "instalment_is_a_percentage"),
        sa.CheckConstraint("when_fr <> '' OR when_en <> ''", "instalment_says_when"),
    )

    id: Mapped[Key]
    quote_id: Mapped[Id] = mapped_column(sa.ForeignKey("quotes.id", ondelete="RESTRICT"))
    position: Mapped[int]
    percent: Mapped[Decimal] = mapped_column(Percent)
    when: Mapped[Bilingual] = bilingual("when")

    quote: Mapped["Quote"] = relationship(back_populates="instalments", lazy="raise_on_sql")

    def as_content(self) -> dict[str, Any]:
        """As frozen: the per cent in hundredths."""
        return {"percent": scaled(self.percent, 2), "when": self.when.as_content()}
