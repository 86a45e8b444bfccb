"""Signatures that are drawn, quotes held out in person and where, browsers lent to a client."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

VENUES = ("at_client", "on_premises", "at_fair", "elsewhere")
WAYS = ("typed", "drawn")
KIND = "quote_presented"
KINDS = ("quote_sent", "quote_signed", "order_placed", "phase_moved", "invoice_drafted", "invoice_issued")
SOMEWHERE = "(channel = 'in_person') = (venue IS NOT NULL)"


def one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=False, length=32)


def checked(table: str, name: str, column: str, former: tuple[str, ...], values: tuple[str, ...]) -> None:
    """The values that an enumeration of a column may have."""
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        batch.alter_column(column, existing_type=one_of(name, former), type_=one_of(name, values))
        listed = ", ".join(f"'{value}'" for value in values)
        batch.create_check_constraint(op.f(f"ck_{table}_{name}"), f"{column} IN ({listed})")


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    venues = ", ".join(f"'{venue}'" for venue in VENUES)
    for table in ("client_links", "signatures"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("venue", one_of("venue", VENUES), nullable=True))
            batch.add_column(sa.Column("place", sa.String(120), nullable=False, server_default=""))
        op.execute(f"UPDATE {table} SET venue = 'elsewhere' WHERE channel = 'in_person'")  # noqa: S608 - our own names
        with op.batch_alter_table(table) as batch:
            batch.create_check_constraint(op.f(f"ck_{table}_venue"), f"venue IN ({venues})")
            batch.create_check_constraint(op.f(f"ck_{table}_in_person_is_somewhere"), SOMEWHERE)
    checked("signatures", "way", "way", WAYS[:1], WAYS)
    with op.batch_alter_table("signatures") as batch:
        batch.add_column(sa.Column("strokes", sa.LargeBinary(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_signatures_what_is_drawn_is_kept"), "(way = 'drawn') = (strokes IS NOT NULL)"
        )
    with op.batch_alter_table("staff_sessions") as batch:
        batch.add_column(sa.Column("lent_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("lent_link_id", key, nullable=True))
        batch.create_foreign_key(
            op.f("fk_staff_sessions_lent_link_id_client_links"),
            "client_links",
            ["lent_link_id"],
            ["id"],
            ondelete="RESTRICT",
        )
        batch.create_index(op.f("ix_staff_sessions_lent_link_id"), ["lent_link_id"])
        batch.create_check_constraint(
            op.f("ck_staff_sessions_lent_for_a_link"), "(lent_at IS NULL) = (lent_link_id IS NULL)"
        )
    checked("timeline_entries", "entry_kind", "kind", KINDS, (*KINDS, KIND))


def downgrade() -> None:
    checked("timeline_entries", "entry_kind", "kind", (*KINDS, KIND), KINDS)
    with op.batch_alter_table("staff_sessions") as batch:
        batch.drop_constraint(op.f("ck_staff_sessions_lent_for_a_link"), type_="check")
        batch.drop_index(op.f("ix_staff_sessions_lent_link_id"))
        batch.drop_constraint(op.f("fk_staff_sessions_lent_link_id_client_links"), type_="foreignkey")
        batch.drop_column("lent_link_id")
        batch.drop_column("lent_at")
    with op.batch_alter_table("signatures") as batch:
        batch.drop_constraint(op.f("ck_signatures_what_is_drawn_is_kept"), type_="check")
        batch.drop_column("strokes")
    checked("signatures", "way", "way", WAYS, WAYS[:1])
    for table in ("signatures", "client_links"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_in_person_is_somewhere"), type_="check")
            batch.drop_constraint(op.f(f"ck_{table}_venue"), type_="check")
            batch.drop_column("place")
            batch.drop_column("venue")
