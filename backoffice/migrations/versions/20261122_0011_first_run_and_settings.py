"""The seller is edited by several, may be invented and is set up step by step; numbers get formats.

An installation that is there already has been set up. The one that its own e-mail address gives away as the
demonstration is marked as such: ``.example`` (RFC 2606) belongs to nobody.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STEPS = ("identity", "vat", "look", "numbering", "terms", "mentions")
YEARS = ("none", "apart", "joined")


def upgrade() -> None:
    with op.batch_alter_table("seller") as batch:
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("demonstration", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(
            sa.Column("first_run", sa.Enum(*STEPS, name="step", native_enum=False, create_constraint=True, length=32), nullable=True)
        )
    op.execute(
        "UPDATE seller SET demonstration = (1 = 1) WHERE siren = '813420650' AND email = 'bonjour@atelier-duval.example'"
    )
    with op.batch_alter_table("seller") as batch:
        batch.alter_column("revision", server_default=None)
        batch.alter_column("demonstration", server_default=None)
    # The defaults stay: other migrations add series, and know nothing of formats.
    with op.batch_alter_table("counters") as batch:
        batch.add_column(
            sa.Column("year_form", sa.Enum(*YEARS, name="year_form", native_enum=False, create_constraint=True, length=32), nullable=False, server_default="apart")
        )
        batch.add_column(sa.Column("digits", sa.Integer(), nullable=False, server_default="4"))
        batch.add_column(sa.Column("yearly", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("last_without_year", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("counters") as batch:
        batch.create_unique_constraint("uq_counters_prefix", ["prefix"])
        batch.create_check_constraint(op.f("ck_counters_digits_fit"), "digits BETWEEN 1 AND 8")
        batch.create_check_constraint(op.f("ck_counters_begins_anew_with_its_year"), "year_form <> 'none' OR NOT yearly")


def downgrade() -> None:
    with op.batch_alter_table("counters") as batch:
        batch.drop_constraint("uq_counters_prefix", type_="unique")
        for name in ("begins_anew_with_its_year", "digits_fit", "year_form"):
            batch.drop_constraint(op.f(f"ck_counters_{name}"), type_="check")
        for name in ("year_form", "digits", "yearly", "last_without_year", "revision"):
            batch.drop_column(name)
    with op.batch_alter_table("seller") as batch:
        batch.drop_constraint(op.f("ck_seller_step"), type_="check")
        for name in ("revision", "demonstration", "first_run"):
            batch.drop_column(name)
