"""What clients answer besides signing: requests and replies, refusals, withdrawals, wishes for more time."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS = {
    # table: (rule, kinds added)
    "outgoing_mails": (
        "ck_outgoing_mails_mail_kind",
        (
            "changes_requested_rep", "changes_requested_client", "request_answered", "quote_refused_rep", "quote_refused_client",
            "quote_withdrawn", "renewal_asked",
        ),
    ),
    "notices": ("ck_notices_notice_kind", ("changes_requested", "quote_refused", "quote_expired", "renewal_asked")),
    "timeline_entries": (
        "ck_timeline_entries_entry_kind",
        (
            "changes_requested", "request_answered", "quote_refused", "quote_withdrawn", "quote_expired", "renewal_asked", "link_sent",
            "link_revoked",
        ),
    ),
}  # fmt: skip
LIVE = sa.text("state IN ('sent', 'changes_requested')")
ONE_ACTOR = "(link_id IS NULL) <> (recorded_by IS NULL)"


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


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete="RESTRICT"
    )


def of_a_version(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", key(), nullable=False),
        sa.Column("quote_id", key(), nullable=False),
        sa.Column("version_id", key(), nullable=False),
        refers(table, "quote_id", "quotes"),
        refers(table, "version_id", "quote_versions"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def answered(table: str) -> list[sa.schema.SchemaItem]:
    return [
        *of_a_version(table),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("user_agent", sa.String(400), nullable=False),
        sa.Column("posted_as", sa.Uuid(), nullable=False),
        sa.Column("link_id", key(), nullable=True),
        sa.Column("recorded_by", key(), nullable=True),
        refers(table, "link_id", "client_links"),
        refers(table, "recorded_by", "staff_members"),
        sa.CheckConstraint(ONE_ACTOR, name=op.f(f"ck_{table}_one_actor")),
    ]


def indexed(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def upgrade() -> None:
    op.create_table(
        "change_requests",
        *answered("change_requests"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_change_requests_request_says_something")),
        sa.UniqueConstraint("posted_as", name=op.f("uq_change_requests_posted_as")),
    )
    indexed("change_requests", "quote_id", "version_id", "link_id", "recorded_by")
    op.create_table(
        "request_replies",
        *of_a_version("request_replies"),
        sa.Column("request_id", key(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replied_by", key(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        refers("request_replies", "request_id", "change_requests"),
        refers("request_replies", "replied_by", "staff_members"),
        sa.CheckConstraint("text <> ''", name=op.f("ck_request_replies_reply_says_something")),
        sa.UniqueConstraint("request_id", name=op.f("uq_request_replies_request_id")),
    )
    indexed("request_replies", "quote_id", "version_id", "replied_by")
    op.create_table(
        "refusals",
        *answered("refusals"),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_id", key(), nullable=True),
        sa.Column("reason_fr", sa.Text(), server_default="", nullable=False),
        sa.Column("reason_en", sa.Text(), server_default="", nullable=False),
        refers("refusals", "reason_id", "reasons"),
        sa.UniqueConstraint("version_id", name=op.f("uq_refusals_version_id")),
    )
    indexed("refusals", "quote_id", "version_id", "link_id", "recorded_by", "reason_id")
    op.create_table(
        "withdrawals",
        *of_a_version("withdrawals"),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", key(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        refers("withdrawals", "withdrawn_by", "staff_members"),
        sa.UniqueConstraint("version_id", name=op.f("uq_withdrawals_version_id")),
    )
    indexed("withdrawals", "quote_id", "version_id", "withdrawn_by")
    op.create_table(
        "renewal_wishes",
        *of_a_version("renewal_wishes"),
        sa.Column("link_id", key(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        refers("renewal_wishes", "link_id", "client_links"),
        sa.UniqueConstraint(
            "link_id", "version_id", "asked_on", name=op.f("uq_renewal_wishes_link_id_version_id_asked_on")
        ),
    )
    indexed("renewal_wishes", "quote_id", "version_id")
    op.create_index(
        "ix_quote_versions_closing", "quote_versions", ["closes_at"], sqlite_where=LIVE, postgresql_where=LIVE
    )
    for table, (rule, added) in KINDS.items():
        allow(table, rule, more=added)
    for moment, outcome in (("refused", "lost"), ("expired", "expired")):
        op.execute(follows(moment, outcome))


def follows(moment: str, outcome: str) -> sa.Insert:
    """Each pipeline that has a phase of this outcome, and nothing for this moment yet, moves its deals there."""
    phases = sa.table("phases", sa.column("id"), sa.column("pipeline_id"), sa.column("outcome"))
    triggers = sa.table("phase_triggers", sa.column("pipeline_id"), sa.column("moment"), sa.column("phase_id"))
    known = sa.select(triggers.c.pipeline_id).where(triggers.c.moment == moment)
    found = (
        sa.select(phases.c.pipeline_id, sa.literal(moment), sa.func.min(phases.c.id))
        .where(phases.c.outcome == outcome, phases.c.pipeline_id.not_in(known))
        .group_by(phases.c.pipeline_id)
    )
    return sa.insert(triggers).from_select(["pipeline_id", "moment", "phase_id"], found)


def downgrade() -> None:
    for table, (rule, added) in KINDS.items():
        rows = sa.table(table, sa.column("kind"))
        op.execute(rows.delete().where(rows.c.kind.in_(added)))
        allow(table, rule, fewer=added)
    op.drop_index("ix_quote_versions_closing", "quote_versions")
    for table in ("renewal_wishes", "withdrawals", "refusals", "request_replies", "change_requests"):
        op.drop_table(table)
