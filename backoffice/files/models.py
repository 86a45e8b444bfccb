"""Files of a deal: the bytes are in the archive under their SHA-256, the row says what they are and whose."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Base, Id, Key
from backoffice.errors import IllegalMove
from backoffice.files.uploads import LONGEST_NAME


class StoredFile(Base):
    """Never changed and never removed: archiving hides it. Clients do not see it."""

    __tablename__ = "stored_files"
    __table_args__ = (
        sa.CheckConstraint("size > 0", "file_is_not_empty"),
        sa.CheckConstraint("(archived_at IS NULL) = (archived_by_id IS NULL)", "archived_by_somebody"),
    )

    id: Mapped[Key]
    opportunity_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("opportunities.id", ondelete="RESTRICT"), index=True
    )
    name: Mapped[str] = mapped_column(sa.String(LONGEST_NAME))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    added_by_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True
    )
    added_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    archived_by_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True
    )

    def archive(self, *, by: int, at: datetime) -> None:
        """Hide it. Raises IllegalMove when it is hidden already."""
        if self.archived_at is not None:
            raise IllegalMove(file=self.id)
        self.archived_at, self.archived_by_id = at, by

    def restore(self) -> None:
        """Raises IllegalMove when it is not hidden."""
        if self.archived_at is None:
            raise IllegalMove(file=self.id)
        self.archived_at = self.archived_by_id = None
