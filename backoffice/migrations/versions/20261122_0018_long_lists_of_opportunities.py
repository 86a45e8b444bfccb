"""Indexes for the board and for the sources that deals have: neither looks through all deals any more."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NOT_ARCHIVED = sa.text("archived_at IS NULL")
INDEXES = {
    "ix_opportunities_source": ["source"],
    "ix_opportunities_owner_source": ["owner_id", "source"],
    "ix_opportunities_nearest": ["phase_id", "expected_on", "id", "owner_id"],
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(name, "opportunities", columns, sqlite_where=NOT_ARCHIVED, postgresql_where=NOT_ARCHIVED)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="opportunities")
