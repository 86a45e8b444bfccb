"""The index of unread notices begins with what is asked of it: SQLite took the other one, of all notices, as soon."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INDEX, UNREAD = "ix_notices_unread", sa.text("read_at IS NULL")


def upgrade() -> None:
    counted_by("staff_id", "read_at", "id")


def downgrade() -> None:
    counted_by("staff_id", "id")


def counted_by(*columns: str) -> None:
    op.drop_index(INDEX, "notices")
    op.create_index(INDEX, "notices", list(columns), sqlite_where=UNREAD, postgresql_where=UNREAD)
