"""A quote may say in which instalments it is paid, and its order keeps that."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "quote_instalments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("quote_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("when_fr", sa.Text(), nullable=False, server_default=""),
        sa.Column("when_en", sa.Text(), nullable=False, server_default=""),
        sa.CheckConstraint("percent BETWEEN 1 AND 10000", name=op.f("ck_quote_instalments_instalment_is_a_percentage")),
        sa.CheckConstraint("when_fr <> '' OR when_en <> ''", name=op.f("ck_quote_instalments_instalment_says_when")),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["quotes.id"], name=op.f("fk_quote_instalments_quote_id_quotes"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_instalments")),
        sa.UniqueConstraint("quote_id", "position", name=op.f("uq_quote_instalments_quote_id_position")),
    )
    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column("schedule", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    with op.batch_alter_table("orders") as batch:
        batch.drop_column("schedule")
    op.drop_table("quote_instalments")
