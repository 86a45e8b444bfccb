"""Lists of orders and invoices that stay quick: words to search, a place for drafts, balances; results kept some days."""

import unicodedata
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
NOT_YET = datetime(9999, 12, 31, tzinfo=UTC)
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "’": "'", "²": "2", "³": "3"})
PIECE = 500

orders = sa.table(
    "orders", sa.column("id", sa.BigInteger), *(sa.column(name, sa.Text) for name in ("title_fr", "title_en", "client_name", "search_text"))
)
invoices = sa.table("invoices", sa.column("issued_at", MOMENT), sa.column("listed_at", MOMENT))


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("\0", " ").casefold().translate(LIGATURES))
    return " ".join("".join(each for each in plain if not unicodedata.combining(each)).split())


def upgrade() -> None:
    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column("search_text", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("orders") as batch:
        batch.alter_column("search_text", existing_type=sa.Text(), existing_nullable=False, server_default=None)
    fold_orders()
    op.create_index(
        "ix_orders_quote_number_begins", "orders", ["quote_number"], postgresql_ops={"quote_number": "varchar_pattern_ops"}
    )
    op.add_column("invoices", sa.Column("listed_at", MOMENT, nullable=True))
    latest = sa.literal(NOT_YET if op.get_bind().dialect.name != "sqlite" else NOT_YET.replace(tzinfo=None), MOMENT)
    op.execute(invoices.update().values(listed_at=sa.func.coalesce(invoices.c.issued_at, latest)))
    with op.batch_alter_table("invoices") as batch:
        batch.alter_column("listed_at", existing_type=MOMENT, nullable=False)
    op.create_index("ix_invoices_listed", "invoices", ["listed_at", "id"])
    op.create_index("ix_invoices_kind_listed", "invoices", ["kind", "listed_at", "id"])
    op.create_index(op.f("ix_invoices_issued_on"), "invoices", ["issued_on"])
    op.create_index(op.f("ix_credit_notes_issued_on"), "credit_notes", ["issued_on"])
    balances()
    op.add_column("jobs", sa.Column("result_until", MOMENT, nullable=True))


def fold_orders() -> None:
    connection, last = op.get_bind(), 0
    found = sa.select(orders).order_by(orders.c.id).limit(PIECE)
    while rows := connection.execute(found.where(orders.c.id > last)).all():
        connection.execute(
            orders.update().where(orders.c.id == sa.bindparam("key")).values(search_text=sa.bindparam("words")),
            [{"key": row.id, "words": words_of(row.title_fr, row.title_en, row.client_name)} for row in rows],
        )
        last = rows[-1].id


def words_of(*parts: str) -> str:
    return "\n" + "".join(f"{folded(part)}\n" for part in parts if part)


def balances() -> None:
    op.create_table(
        "order_balances",
        sa.Column("order_id", KEY, autoincrement=False, nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_balances_order_id_orders"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_balances")),
    )
    op.create_table(
        "invoice_balances",
        sa.Column("invoice_id", KEY, autoincrement=False, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_balances_invoice_id_invoices"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_invoice_balances")),
    )
    op.execute(
        "INSERT INTO order_balances (order_id, open) SELECT id, gross"
        " - coalesce((SELECT sum(invoices.gross) FROM invoices WHERE invoices.order_id = orders.id AND invoices.state = 'issued'), 0)"
        " + coalesce((SELECT sum(credit_notes.gross) FROM credit_notes WHERE credit_notes.order_id = orders.id), 0) FROM orders"
    )
    op.execute(
        "INSERT INTO invoice_balances (invoice_id, due_on, open) SELECT id, due_on, gross"
        " - coalesce((SELECT sum(payments.amount) FROM payments WHERE payments.invoice_id = invoices.id), 0)"
        " - coalesce((SELECT sum(credit_notes.gross) FROM credit_notes WHERE credit_notes.invoice_id = invoices.id), 0)"
        " FROM invoices WHERE state = 'issued'"
    )
    some, owed = sa.text("open > 0"), sa.text("open <> 0")
    op.create_index("ix_order_balances_open", "order_balances", ["order_id"], sqlite_where=some, postgresql_where=some)
    op.create_index(
        "ix_invoice_balances_open", "invoice_balances", ["due_on", "invoice_id"], sqlite_where=owed, postgresql_where=owed
    )


def downgrade() -> None:
    op.drop_column("jobs", "result_until")
    op.drop_table("invoice_balances")
    op.drop_table("order_balances")
    op.drop_index(op.f("ix_credit_notes_issued_on"), table_name="credit_notes")
    op.drop_index(op.f("ix_invoices_issued_on"), table_name="invoices")
    op.drop_index("ix_invoices_kind_listed", table_name="invoices")
    op.drop_index("ix_invoices_listed", table_name="invoices")
    op.drop_column("invoices", "listed_at")
    op.drop_index("ix_orders_quote_number_begins", table_name="orders")
    op.drop_column("orders", "search_text")
