"""Families that products belong to: at most two levels, so that nobody gets lost in them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from backoffice.catalogue.search import search_text_of
from backoffice.db import Base, Bilingual, Id, Key, Revised, bilingual
from backoffice.errors import IllegalMove

LONGEST_NAME = 80
BETWEEN = " > "
"""Between a family's parent and its own name, on pages and in tables."""


class ProductFamily(Base, Revised):
    """A family, perhaps within another one, its ``parent``. No two have the same name: a table knows it by that.

    ``search_text`` follows from the names whenever a row is stored: see ``catalogue.search``.
    """

    __tablename__ = "product_families"
    __table_args__ = (
        sa.CheckConstraint("name_fr <> '' OR name_en <> ''", "family_is_named"),
        sa.CheckConstraint("parent_id <> id", "family_not_in_itself"),
        sa.UniqueConstraint("name_fr", "name_en"),
    )

    id: Mapped[Key]
    parent_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("product_families.id", ondelete="RESTRICT"), index=True
    )
    name: Mapped[Bilingual] = bilingual("name")
    search_text: Mapped[str] = mapped_column(default="")
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    parent: Mapped["ProductFamily | None"] = relationship(remote_side="ProductFamily.id", lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once

    def path(self, language: str) -> str:
        """``Parquets > Chêne``; the family comes with its parent."""
        own = self.name.text(language)
        return own if self.parent is None else f"{self.parent.name.text(language)}{BETWEEN}{own}"

    def archive(self, *, at: datetime) -> None:
        """Out of the choices; products in it stay in it. Raises IllegalMove when it is archived already."""
        if self.archived_at is not None:
            raise IllegalMove(family=self.id)
        self.archived_at = at

    def restore(self) -> None:
        """Raises IllegalMove when it is not archived."""
        if self.archived_at is None:
            raise IllegalMove(family=self.id)
        self.archived_at = None


@sa.event.listens_for(ProductFamily, "before_insert")
@sa.event.listens_for(ProductFamily, "before_update")
def _remember_words(_mapper: Mapper[ProductFamily], _connection: Connection, family: ProductFamily) -> None:
    family.search_text = search_text_of(family.name.fr, family.name.en)
