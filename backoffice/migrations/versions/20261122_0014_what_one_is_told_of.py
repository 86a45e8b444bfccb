"""Notices are read and counted, of mails given up too; everybody chooses by which way they hear of what."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = {
    # table: (rule, kinds added)
    "outgoing_mails": (
        "ck_outgoing_mails_mail_kind",
        ("quote_expired_rep", "mail_undelivered", "handed_over", "task_assigned"),
    ),
    "notices": ("ck_notices_notice_kind", ("mail_undelivered",)),
}
NOTICE_KINDS = (
    "quote_signed", "changes_requested", "quote_refused", "renewal_asked", "quote_expired", "mail_undelivered",
    "handed_over", "task_assigned",
)  # fmt: skip
NEVER_SILENT = "'changes_requested', 'mail_undelivered', 'quote_refused', 'quote_signed'"
UNREAD = sa.text("read_at IS NULL")


def key() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def allow(table: str, rule: str, *, more: tuple[str, ...] = (), fewer: tuple[str, ...] = ()) -> None:
    """The column ``kind`` of ``table`` may hold what it may hold now, and ``more``; or all of that but ``fewer``."""
    rules = sa.inspect(op.get_bind()).get_check_constraints(table)
    known = re.findall(r"'(\w+)'", next(each["sqltext"] for each in rules if each["name"] == rule))
    listed = ", ".join(repr(value) for value in (*known, *more) if value not in fewer)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(rule), type_="check")
        batch.create_check_constraint(op.f(rule), f"kind IN ({listed})")


def upgrade() -> None:
    for table, (rule, added) in KINDS.items():
        allow(table, rule, more=added)
    op.drop_index(op.f("ix_notices_staff_id"), "notices")
    op.create_index("ix_notices_staff_id_id", "notices", ["staff_id", "id"])
    op.create_index(
        "ix_notices_unread", "notices", ["staff_id", "id"], sqlite_where=UNREAD, postgresql_where=UNREAD
    )
    op.create_table(
        "channel_choices",
        sa.Column("staff_id", key(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*NOTICE_KINDS, name="notice_kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("by_notice", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            f"by_notice OR by_mail OR kind NOT IN ({NEVER_SILENT})",
            name=op.f("ck_channel_choices_heard_somehow"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_members.id"],
            name=op.f("fk_channel_choices_staff_id_staff_members"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("staff_id", "kind", name=op.f("pk_channel_choices")),
    )


def downgrade() -> None:
    op.drop_table("channel_choices")
    op.drop_index("ix_notices_unread", "notices")
    op.drop_index("ix_notices_staff_id_id", "notices")
    op.create_index(op.f("ix_notices_staff_id"), "notices", ["staff_id"])
    for table, (rule, added) in KINDS.items():
        rows = sa.table(table, sa.column("kind"))
        op.execute(rows.delete().where(rows.c.kind.in_(added)))
        allow(table, rule, fewer=added)
