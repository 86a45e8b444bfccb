"""Indexes for what Today asks, and for numbers looked up by their beginning."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENTS = (
    ("orders", "placed_at"),
    ("change_requests", "asked_at"),
    ("refusals", "refused_at"),
    ("renewal_wishes", "asked_at"),
    ("invoices", "due_on"),
)
NUMBERED = ("quotes", "orders", "invoices", "credit_notes")


def upgrade() -> None:
    for table, column in MOMENTS:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    failed, undone = sa.text("state = 'failed'"), sa.text("done_at IS NULL")
    op.create_index(
        "ix_outgoing_mails_failed",
        "outgoing_mails",
        ["created_at"],
        sqlite_where=failed,
        postgresql_where=failed,
    )
    op.create_index("ix_tasks_due", "tasks", ["due_on", "id"], sqlite_where=undone, postgresql_where=undone)
    for table in NUMBERED:
        op.create_index(
            f"ix_{table}_number_begins", table, ["number"], postgresql_ops={"number": "varchar_pattern_ops"}
        )


def downgrade() -> None:
    for table in NUMBERED:
        op.drop_index(f"ix_{table}_number_begins", table_name=table)
    op.drop_index("ix_tasks_due", table_name="tasks")
    op.drop_index("ix_outgoing_mails_failed", table_name="outgoing_mails")
    for table, column in reversed(MOMENTS):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
