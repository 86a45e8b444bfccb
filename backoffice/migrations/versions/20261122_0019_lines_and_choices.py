"""Lines that a client chooses among, that come back every month or year, and discounts as amounts."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

AMOUNT = sa.BigInteger()


def recurrence() -> sa.Enum:
    return sa.Enum("once", "monthly", "yearly", name="recurrence", native_enum=False, create_constraint=True, length=32)


def of_a_line() -> list[sa.Column]:
    return [
        sa.Column("discount_amount", AMOUNT, nullable=False, server_default="0"),
        sa.Column("recurrence", recurrence(), nullable=False, server_default="once"),
        sa.Column("is_optional", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("is_taken", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("quantity_min", AMOUNT, nullable=True),
        sa.Column("quantity_max", AMOUNT, nullable=True),
        sa.Column("one_of", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("hides_prices", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("internal_note", sa.Text(), nullable=False, server_default=""),
        sa.Column("explanation", sa.JSON(), nullable=True),
        sa.Column("image_sha256", sa.String(64), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
    ]


def kinds(*values: str) -> str:
    return f"kind IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    with op.batch_alter_table("opportunity_lines") as batch:
        for column in of_a_line():
            batch.add_column(column)
        batch.drop_constraint(op.f("ck_opportunity_lines_line_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_opportunity_lines_line_kind"), kinds("item", "section", "note"))
        batch.create_check_constraint(op.f("ck_opportunity_lines_discount_not_negative"), "discount_amount >= 0")
        batch.create_check_constraint(op.f("ck_opportunity_lines_one_discount"), "discount = 0 OR discount_amount = 0")
        batch.create_check_constraint(
            op.f("ck_opportunity_lines_quantity_in_range"),
            "(quantity_min IS NULL AND quantity_max IS NULL)"
            " OR (quantity_min > 0 AND quantity BETWEEN quantity_min AND quantity_max)",
        )
    with op.batch_alter_table("quotes") as batch:
        batch.add_column(sa.Column("discount_amount", AMOUNT, nullable=False, server_default="0"))
        batch.create_check_constraint(op.f("ck_quotes_discount_not_negative"), "discount_amount >= 0")
        batch.create_check_constraint(op.f("ck_quotes_one_discount"), "discount = 0 OR discount_amount = 0")
    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column("discount_amount", AMOUNT, nullable=False, server_default="0"))
        batch.add_column(sa.Column("recurring", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("order_lines") as batch:
        batch.add_column(sa.Column("discount_amount", AMOUNT, nullable=False, server_default="0"))
        batch.add_column(sa.Column("recurrence", recurrence(), nullable=False, server_default="once"))
        batch.add_column(sa.Column("section_fr", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("section_en", sa.Text(), nullable=False, server_default=""))
    for table in ("invoices", "invoice_lines"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("discount_amount", AMOUNT, nullable=False, server_default="0"))


def downgrade() -> None:
    for table in ("invoice_lines", "invoices"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("discount_amount")
    with op.batch_alter_table("order_lines") as batch:
        batch.drop_constraint(op.f("ck_order_lines_recurrence"), type_="check")
        for name in ("section_en", "section_fr", "recurrence", "discount_amount"):
            batch.drop_column(name)
    with op.batch_alter_table("orders") as batch:
        batch.drop_column("recurring")
        batch.drop_column("discount_amount")
    with op.batch_alter_table("quotes") as batch:
        for name in ("one_discount", "discount_not_negative"):
            batch.drop_constraint(op.f(f"ck_quotes_{name}"), type_="check")
        batch.drop_column("discount_amount")
    op.execute("DELETE FROM opportunity_lines WHERE kind = 'note' OR removed_at IS NOT NULL")
    with op.batch_alter_table("opportunity_lines") as batch:
        for name in ("quantity_in_range", "one_discount", "discount_not_negative", "line_kind", "recurrence"):
            batch.drop_constraint(op.f(f"ck_opportunity_lines_{name}"), type_="check")
        batch.create_check_constraint(op.f("ck_opportunity_lines_line_kind"), kinds("item", "section"))
        for column in reversed(of_a_line()):
            batch.drop_column(column.name)
