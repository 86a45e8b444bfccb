"""Daily work on deals: estimate, probability and reason of a loss; tasks and appointments; files; more of the timeline."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ENTRY_KINDS_ADDED = (
    "opportunity_opened", "opportunity_lost", "opportunity_expired", "opportunity_reopened", "move_undone", "note", "call",
    "task_done", "appointment_made", "file_added", "file_archived", "file_restored",
)  # fmt: skip
NOTICE_KINDS_ADDED = ("task_assigned", "handed_over")
LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "’": "'", "²": "2", "³": "3"}
)


def folded(text: str) -> str:
    """As the application folded titles when this was written."""
    plain = unicodedata.normalize("NFD", text.replace("\0", " ").casefold().translate(LIGATURES))
    return " ".join("".join(character for character in plain if not unicodedata.combining(character)).split())


def key() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def moment() -> sa.types.TypeEngine:
    return sa.DateTime(timezone=True)


def allow(table: str, rule: str, *, more: tuple[str, ...] = (), fewer: tuple[str, ...] = ()) -> None:
    """The column ``kind`` of ``table`` may hold what it may hold now, and ``more``; or all of that but ``fewer``."""
    rules = sa.inspect(op.get_bind()).get_check_constraints(table)
    known = re.findall(r"'(\w+)'", next(each["sqltext"] for each in rules if each["name"] == rule))
    listed = ", ".join(repr(value) for value in (*known, *more) if value not in fewer)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(rule), type_="check")
        batch.create_check_constraint(op.f(rule), f"kind IN ({listed})")


def upgrade() -> None:
    with op.batch_alter_table("opportunities") as batch:
        batch.add_column(sa.Column("estimate", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("probability", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("lost_reason_id", key(), nullable=True))
        batch.add_column(sa.Column("lost_words", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("search_text", sa.Text(), nullable=False, server_default=""))
        batch.create_foreign_key(
            op.f("fk_opportunities_lost_reason_id_reasons"), "reasons", ["lost_reason_id"], ["id"], ondelete="RESTRICT"
        )
        batch.create_check_constraint(op.f("ck_opportunities_estimate_not_negative"), "estimate >= 0")
        batch.create_check_constraint(
            op.f("ck_opportunities_probability_is_a_percentage"), "probability BETWEEN 0 AND 10000"
        )
        batch.create_index(op.f("ix_opportunities_lost_reason_id"), ["lost_reason_id"])
    with op.batch_alter_table("opportunities") as batch:
        batch.alter_column("lost_words", existing_type=sa.Text(), existing_nullable=False, server_default=None)
        batch.alter_column("search_text", existing_type=sa.Text(), existing_nullable=False, server_default=None)
    fold_titles()
    allow("timeline_entries", "ck_timeline_entries_entry_kind", more=ENTRY_KINDS_ADDED)
    allow("notices", "ck_notices_notice_kind", more=NOTICE_KINDS_ADDED)
    op.create_table(
        "tasks",
        sa.Column("id", key(), nullable=False),
        sa.Column("kind", sa.Enum("task", "appointment", name="task_kind", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("opportunity_id", key(), nullable=False),
        sa.Column("assignee_id", key(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("starts_at", moment(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("created_by_id", key(), nullable=True),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("done_at", moment(), nullable=True),
        sa.Column("done_by_id", key(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'task' AND starts_at IS NULL AND minutes IS NULL)"
            " OR (kind = 'appointment' AND starts_at IS NOT NULL AND minutes BETWEEN 5 AND 1440)",
            name=op.f("ck_tasks_appointment_has_a_time"),
        ),
        sa.CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name=op.f("ck_tasks_done_by_somebody")),
        sa.ForeignKeyConstraint(["opportunity_id"], ["opportunities.id"], name=op.f("fk_tasks_opportunity_id_opportunities"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["assignee_id"], ["staff_members.id"], name=op.f("fk_tasks_assignee_id_staff_members"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["created_by_id"], ["staff_members.id"], name=op.f("fk_tasks_created_by_id_staff_members"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["done_by_id"], ["staff_members.id"], name=op.f("fk_tasks_done_by_id_staff_members"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )  # fmt: skip
    for column in ("opportunity_id", "assignee_id", "created_by_id", "done_by_id"):
        op.create_index(op.f(f"ix_tasks_{column}"), "tasks", [column])
    undone = sa.text("done_at IS NULL")
    op.create_index(
        "ix_tasks_open", "tasks", ["assignee_id", "due_on", "id"], sqlite_where=undone, postgresql_where=undone
    )
    op.create_table(
        "stored_files",
        sa.Column("id", key(), nullable=False),
        sa.Column("opportunity_id", key(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by_id", key(), nullable=False),
        sa.Column("added_at", moment(), nullable=False),
        sa.Column("archived_at", moment(), nullable=True),
        sa.Column("archived_by_id", key(), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_files_file_is_not_empty")),
        sa.CheckConstraint("(archived_at IS NULL) = (archived_by_id IS NULL)", name=op.f("ck_stored_files_archived_by_somebody")),
        sa.ForeignKeyConstraint(["opportunity_id"], ["opportunities.id"], name=op.f("fk_stored_files_opportunity_id_opportunities"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["added_by_id"], ["staff_members.id"], name=op.f("fk_stored_files_added_by_id_staff_members"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["archived_by_id"], ["staff_members.id"], name=op.f("fk_stored_files_archived_by_id_staff_members"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
    )  # fmt: skip
    for column in ("opportunity_id", "added_by_id", "archived_by_id"):
        op.create_index(op.f(f"ix_stored_files_{column}"), "stored_files", [column])


def fold_titles() -> None:
    deals = sa.table("opportunities", sa.column("id"), sa.column("title"), sa.column("search_text"))
    connection = op.get_bind()
    known = connection.execute(sa.select(deals.c.id, deals.c.title)).all()
    if known:
        connection.execute(
            deals.update().where(deals.c.id == sa.bindparam("key")).values(search_text=sa.bindparam("words")),
            [{"key": row.id, "words": folded(row.title)} for row in known],
        )


def downgrade() -> None:
    op.drop_table("stored_files")
    op.drop_table("tasks")
    for table, rule, added in (
        ("notices", "ck_notices_notice_kind", NOTICE_KINDS_ADDED),
        ("timeline_entries", "ck_timeline_entries_entry_kind", ENTRY_KINDS_ADDED),
    ):
        rows = sa.table(table, sa.column("kind"))
        op.execute(rows.delete().where(rows.c.kind.in_(added)))
        allow(table, rule, fewer=added)
    with op.batch_alter_table("opportunities") as batch:
        batch.drop_index(op.f("ix_opportunities_lost_reason_id"))
        batch.drop_constraint(op.f("ck_opportunities_probability_is_a_percentage"), type_="check")
        batch.drop_constraint(op.f("ck_opportunities_estimate_not_negative"), type_="check")
        batch.drop_constraint(op.f("fk_opportunities_lost_reason_id_reasons"), type_="foreignkey")
        for column in ("search_text", "lost_words", "lost_reason_id", "probability", "estimate"):
            batch.drop_column(column)
