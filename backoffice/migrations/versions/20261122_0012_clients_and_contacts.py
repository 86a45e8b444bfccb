"""Clients: merging, search by folded words, a main contact, and what was done with them."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IN_ORDER_OF_CODE = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KINDS = ("merged", "absorbed", "archived", "restored", "given")

# As on the day of this migration: the application's own way of folding may change, and then migrates its rows itself.
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "’": "'", "²": "2", "³": "3"})
FORMS = frozenset(
    "sa sas sasu sarl eurl sci snc scop scic selarl ei eirl ltd llc llp plc inc gmbh ag ug kg bv nv srl spa sl"
    " m mr mme mlle monsieur madame".split()
)

clients = sa.table(
    "clients",
    *(sa.column(name) for name in ("id", "name", "billing_city", "delivery_street", "delivery_postcode", "delivery_city", "siren", "siret", "email")),
    *(sa.column(name, sa.Text) for name in ("name_words", "name_key", "search_text")),
)
contacts = sa.table(
    "contacts", *(sa.column(name) for name in ("id", "client_id", "name", "email", "archived_at")),
    sa.column("search_text", sa.Text), sa.column("is_principal", sa.Boolean),
)  # fmt: skip


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("\0", " ").casefold().translate(LIGATURES))
    return " ".join("".join(character for character in plain if not unicodedata.combining(character)).split())


def words_of(name: str) -> str:
    return " ".join(re.findall(r"\w+", folded(name)))


def key_of_name(name: str) -> str:
    words = words_of(name).split()
    return "".join([word for word in words if word not in FORMS] or words)


def searched(*texts: str) -> str:
    known = [text for text in texts if text]
    return folded(" ".join([*known, *(words_of(text) for text in known[:1])]))


def upgrade() -> None:
    op.create_table(
        "client_entries",
        sa.Column("id", ID, nullable=False),
        sa.Column("client_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="client_entry_kind", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_client_entries_client_id_clients"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_members.id"], name=op.f("fk_client_entries_staff_id_staff_members"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_entries")),
    )
    op.create_index(op.f("ix_client_entries_client_id"), "client_entries", ["client_id"])
    op.create_index(op.f("ix_client_entries_staff_id"), "client_entries", ["staff_id"])
    with op.batch_alter_table("clients") as batch:
        batch.add_column(sa.Column("name_words", IN_ORDER_OF_CODE, nullable=False, server_default=""))
        batch.add_column(sa.Column("name_key", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("search_text", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("merged_into_id", ID, nullable=True))
    with op.batch_alter_table("contacts") as batch:
        batch.add_column(sa.Column("search_text", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("is_principal", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    _fill()
    with op.batch_alter_table("clients") as batch:
        for name, kind in (("name_words", IN_ORDER_OF_CODE), ("name_key", sa.Text()), ("search_text", sa.Text())):
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        batch.create_foreign_key(op.f("fk_clients_merged_into_id_clients"), "clients", ["merged_into_id"], ["id"], ondelete="RESTRICT")
        batch.create_check_constraint("merged_is_archived", "merged_into_id IS NULL OR archived_at IS NOT NULL")
        batch.create_check_constraint("merged_into_another", "merged_into_id <> id")
        batch.create_check_constraint("payment_within_a_year", "payment_days BETWEEN 0 AND 365")
        batch.create_index("ix_clients_name_words_id", ["name_words", "id"])
        batch.create_index(op.f("ix_clients_name_key"), ["name_key"])
        batch.create_index(op.f("ix_clients_siren"), ["siren"])
        batch.create_index(op.f("ix_clients_merged_into_id"), ["merged_into_id"])
    with op.batch_alter_table("contacts") as batch:
        batch.alter_column("search_text", existing_type=sa.Text(), existing_nullable=False, server_default=None)
        batch.alter_column("is_principal", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
        batch.alter_column("revision", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
        batch.create_check_constraint("principal_is_there", "NOT is_principal OR archived_at IS NULL")
        batch.create_index(
            "uq_contacts_principal", ["client_id"], unique=True,
            sqlite_where=sa.text("is_principal"), postgresql_where=sa.text("is_principal"),
        )  # fmt: skip


def _fill() -> None:
    """Words of the rows that are there; the first contact of each client comes first, as it did."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(clients)).all():
        delivery = row.delivery_city if row.delivery_street or row.delivery_postcode or row.delivery_city else ""
        connection.execute(
            clients.update()
            .where(clients.c.id == row.id)
            .values(
                name_words=words_of(row.name),
                name_key=key_of_name(row.name),
                search_text=searched(row.name, row.billing_city, delivery, row.siren, row.siret, row.email),
            )
        )
    seen: set[int] = set()
    for row in connection.execute(sa.select(contacts).order_by(contacts.c.id)).all():
        first = row.archived_at is None and row.client_id not in seen
        if first:
            seen.add(row.client_id)
        connection.execute(
            contacts.update()
            .where(contacts.c.id == row.id)
            .values(search_text=searched(row.name, row.email), is_principal=first)
        )


def downgrade() -> None:
    with op.batch_alter_table("contacts") as batch:
        batch.drop_index("uq_contacts_principal")
        batch.drop_constraint("principal_is_there", type_="check")
        for name in ("revision", "is_principal", "search_text"):
            batch.drop_column(name)
    with op.batch_alter_table("clients") as batch:
        for name in (op.f("ix_clients_merged_into_id"), op.f("ix_clients_siren"), op.f("ix_clients_name_key"), "ix_clients_name_words_id"):
            batch.drop_index(name)
        for name in ("payment_within_a_year", "merged_into_another", "merged_is_archived"):
            batch.drop_constraint(name, type_="check")
        batch.drop_constraint(op.f("fk_clients_merged_into_id_clients"), type_="foreignkey")
        for name in ("merged_into_id", "search_text", "name_key", "name_words"):
            batch.drop_column(name)
    op.drop_table("client_entries")
