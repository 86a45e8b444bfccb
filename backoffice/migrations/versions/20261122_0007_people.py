"""People: invitations, second factor, photographs, what happened to accounts, mails about them, deals handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MAIL_KINDS = ("quote_invitation", "quote_signed_client", "quote_signed_rep")
MAIL_KINDS_ADDED = ("staff_invitation", "password_reset", "account_changed")
ENTRY_KINDS = ("quote_sent", "quote_signed", "order_placed", "phase_moved", "invoice_drafted", "invoice_issued", "quote_presented")
ENTRY_KINDS_ADDED = ("handed_over",)
ROLES = ("rep", "manager", "accountant", "admin")
ACTS = (
    "joined", "role_changed", "password_changed", "password_reset", "second_factor_on", "second_factor_off", "second_factor_taken_off",
    "recovery_codes_renewed", "recovery_code_used", "sessions_ended", "left", "brought_back",
)  # fmt: skip


def key() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def allow(table: str, rule: str, values: tuple[str, ...]) -> None:
    """The column ``kind`` of ``table`` may hold these, and no others."""
    listed = ", ".join(repr(value) for value in values)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(rule), type_="check")
        batch.create_check_constraint(op.f(rule), f"kind IN ({listed})")


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", key(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.Enum(*ROLES, name="role", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=16), nullable=False),
        sa.Column("invited_by", key(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("staff_id", key(), nullable=True),
        sa.CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_invitations_not_both_ends")),
        sa.CheckConstraint("(accepted_at IS NULL) = (staff_id IS NULL)", name=op.f("ck_invitations_accepted_by_somebody")),
        sa.ForeignKeyConstraint(["invited_by"], ["staff_members.id"], name=op.f("fk_invitations_invited_by_staff_members"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_members.id"], name=op.f("fk_invitations_staff_id_staff_members"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("nonce", name=op.f("uq_invitations_nonce")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_invitations_staff_id")),
    )  # fmt: skip
    open_only = sa.text("accepted_at IS NULL AND withdrawn_at IS NULL")
    op.create_index(
        "uq_invitations_open_email", "invitations", ["email"], unique=True, sqlite_where=open_only, postgresql_where=open_only
    )
    op.create_index(op.f("ix_invitations_invited_by"), "invitations", ["invited_by"])
    op.create_table(
        "account_entries",
        sa.Column("id", key(), nullable=False),
        sa.Column("staff_id", key(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.Enum(*ACTS, name="account_act", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("by_id", key(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff_members.id"], name=op.f("fk_account_entries_by_id_staff_members"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_members.id"], name=op.f("fk_account_entries_staff_id_staff_members"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_entries")),
    )  # fmt: skip
    op.create_index(op.f("ix_account_entries_staff_id"), "account_entries", ["staff_id"])
    op.create_index(op.f("ix_account_entries_by_id"), "account_entries", ["by_id"])
    with op.batch_alter_table("staff_members") as batch:
        batch.add_column(sa.Column("tf_totp_secret", sa.Text(), nullable=True))
        batch.add_column(sa.Column("tf_last_counter", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("mf_recovery_codes", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("photo", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("photo_sha256", sa.String(length=64), nullable=True))
        batch.create_check_constraint(
            op.f("ck_staff_members_photo_with_its_digest"), "(photo IS NULL) = (photo_sha256 IS NULL)"
        )
    with op.batch_alter_table("staff_members") as batch:
        batch.alter_column("mf_recovery_codes", existing_type=sa.JSON(), existing_nullable=False, server_default=None)
    allow("outgoing_mails", "ck_outgoing_mails_mail_kind", MAIL_KINDS + MAIL_KINDS_ADDED)
    allow("timeline_entries", "ck_timeline_entries_entry_kind", ENTRY_KINDS + ENTRY_KINDS_ADDED)


def downgrade() -> None:
    # What the older tables have no word for goes.
    op.execute(sa.text("DELETE FROM outgoing_mails WHERE kind IN ('staff_invitation', 'password_reset', 'account_changed')"))
    op.execute(sa.text("DELETE FROM timeline_entries WHERE kind = 'handed_over'"))
    allow("timeline_entries", "ck_timeline_entries_entry_kind", ENTRY_KINDS)
    allow("outgoing_mails", "ck_outgoing_mails_mail_kind", MAIL_KINDS)
    with op.batch_alter_table("staff_members") as batch:
        batch.drop_constraint(op.f("ck_staff_members_photo_with_its_digest"), type_="check")
        for column in ("photo_sha256", "photo", "mf_recovery_codes", "tf_last_counter", "tf_totp_secret"):
            batch.drop_column(column)
    op.drop_table("account_entries")
    op.drop_table("invitations")
