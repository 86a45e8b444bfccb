"""Dated prices, price lists, groups of clients and discounts; the margin that the firm wants at least."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NOT_ENDED = sa.text("archived_at IS NULL")
OF_CLIENTS = {"group_id": "client_groups", "price_list_id": "price_lists"}


def key() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def words(name: str) -> list[sa.Column]:
    return [sa.Column(f"{name}_{language}", sa.Text(), nullable=False, server_default="") for language in ("fr", "en")]


def refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"), ondelete="RESTRICT")


def check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def make(table: str, *parts: sa.schema.SchemaItem) -> None:
    """A table with a key and a revision, and an index for each row that it refers to."""
    op.create_table(
        table, sa.Column("id", key(), nullable=False), *parts, sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )  # fmt: skip
    for part in parts:
        if isinstance(part, sa.ForeignKeyConstraint):
            column = part.column_keys[0]
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def days(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        check(table, "days_in_order", "valid_to >= valid_from"),
    ]


def upgrade() -> None:
    make(
        "price_lists",
        *words("name"),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        check("price_lists", "list_is_named", "name_fr <> '' OR name_en <> ''"),
    )
    make(
        "client_groups",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("parent_id", key(), nullable=True),
        sa.Column("price_list_id", key(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        check("client_groups", "group_is_named", "name <> ''"),
        check("client_groups", "group_in_another", "parent_id <> id"),
        refers("client_groups", "parent_id", "client_groups"),
        refers("client_groups", "price_list_id", "price_lists"),
    )
    make_entries()
    make_product_prices()
    make_discount_levels()
    with op.batch_alter_table("clients") as batch:
        for column, target in OF_CLIENTS.items():
            batch.add_column(sa.Column(column, key(), nullable=True))
            batch.create_foreign_key(op.f(f"fk_clients_{column}_{target}"), target, [column], ["id"], ondelete="RESTRICT")
            batch.create_index(op.f(f"ix_clients_{column}"), [column])
    with op.batch_alter_table("seller") as batch:
        batch.add_column(sa.Column("margin_floor", sa.BigInteger(), nullable=True))
        batch.create_check_constraint(op.f("ck_seller_floor_is_a_percentage"), "margin_floor BETWEEN 0 AND 10000")


def make_entries() -> None:
    table = "price_list_entries"
    make(
        table,
        sa.Column("price_list_id", key(), nullable=False),
        sa.Column("product_id", key(), nullable=False),
        sa.Column("from_quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("discount", sa.BigInteger(), nullable=True),
        *days(table),
        check(table, "price_or_discount", "(unit_price IS NULL) <> (discount IS NULL)"),
        check(table, "price_not_negative", "unit_price >= 0"),
        check(table, "discount_is_a_percentage", "discount BETWEEN 0 AND 10000"),
        check(table, "quantity_not_negative", "from_quantity >= 0"),
        refers(table, "price_list_id", "price_lists"),
        refers(table, "product_id", "products"),
    )
    op.create_index(
        "uq_price_list_entries_begins", table, ["price_list_id", "product_id", "from_quantity", "valid_from"],
        unique=True, sqlite_where=NOT_ENDED, postgresql_where=NOT_ENDED,
    )  # fmt: skip


def make_product_prices() -> None:
    table = "product_prices"
    make(
        table,
        sa.Column("product_id", key(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        *days(table),
        check(table, "price_not_negative", "unit_price >= 0"),
        refers(table, "product_id", "products"),
    )
    op.create_index(
        "uq_product_prices_begins", table, ["product_id", "valid_from"],
        unique=True, sqlite_where=NOT_ENDED, postgresql_where=NOT_ENDED,
    )  # fmt: skip


def make_discount_levels() -> None:
    table = "discount_levels"
    make(
        table,
        sa.Column("level", sa.Integer(), nullable=False),
        *words("name"),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("client_id", key(), nullable=True),
        sa.Column("group_id", key(), nullable=True),
        sa.Column("product_id", key(), nullable=True),
        *days(table),
        check(table, "one_of_six", "level BETWEEN 1 AND 6"),
        check(table, "percent_is_a_percentage", "percent BETWEEN 0 AND 10000"),
        check(table, "client_or_group", "client_id IS NULL OR group_id IS NULL"),
        check(table, "discount_is_named", "name_fr <> '' OR name_en <> ''"),
        refers(table, "client_id", "clients"),
        refers(table, "group_id", "client_groups"),
        refers(table, "product_id", "products"),
    )


def downgrade() -> None:
    with op.batch_alter_table("seller") as batch:
        batch.drop_constraint(op.f("ck_seller_floor_is_a_percentage"), type_="check")
        batch.drop_column("margin_floor")
    op.drop_table("discount_levels")
    with op.batch_alter_table("clients") as batch:
        for column, target in OF_CLIENTS.items():
            batch.drop_index(op.f(f"ix_clients_{column}"))
            batch.drop_constraint(op.f(f"fk_clients_{column}_{target}"), type_="foreignkey")
            batch.drop_column(column)
    for table in ("product_prices", "price_list_entries", "client_groups", "price_lists"):
        op.drop_table(table)
