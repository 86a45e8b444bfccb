"""Why a quote is refused or a deal lost: one list of the firm's own, read by clients and reps."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Base, Bilingual, Key, Revised, bilingual

LONGEST_NAME = 80


class Reason(Base, Revised):
    """A reason to choose, by clients too if it is ``for_clients``.

    Who chose it copies its name: renaming or archiving changes no answer already given.
    """

    __tablename__ = "reasons"
    __table_args__ = (sa.CheckConstraint("name_fr <> '' OR name_en <> ''", "reason_is_named"),)

    id: Mapped[Key]
    name: Mapped[Bilingual] = bilingual("name")
    position: Mapped[int]
    for_clients: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once

    @property
    def is_offered(self) -> bool:
        return self.archived_at is None

    def archive(self, at: datetime) -> None:
        """No longer offered; kept where it was chosen."""
        self.archived_at = self.archived_at or at

    def restore(self) -> None:
        self.archived_at = None
