"""Quotes accepted on paper, by e-mail, by telephone or orally, recorded by one of ours."""

import hashlib
import re
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
METHODS = "method IN ('paper', 'email', 'telephone', 'in_person')"
WRITTEN = "proofs > 0 OR NOT (method IN ('paper', 'email'))"
SIGNED, AGREED = sa.text("state = 'signed'"), sa.text("state IN ('signed', 'accepted')")
WIDENED = (
    # table, column, rule, what becomes possible
    ("quote_versions", "state", "ck_quote_versions_version_state", ("accepted",)),
    ("timeline_entries", "kind", "ck_timeline_entries_entry_kind", ("quote_accepted",)),
    ("outgoing_mails", "kind", "ck_outgoing_mails_mail_kind", ("quote_accepted_client", "quote_accepted_rep")),
    ("notices", "kind", "ck_notices_notice_kind", ("quote_accepted",)),
    ("channel_choices", "kind", "ck_channel_choices_notice_kind", ("quote_accepted",)),
)
WORDINGS = (
    # code, position, French, English
    (
        "deposit_acompte_accepted_invoice", -20,
        "Facture d’acompte\u202f: devis n°\u00a0{quote} accepté le {accepted_on}. L’acompte de {percent} vaut engagement ferme des deux parties et s’impute sur le prix.",
        "Deposit invoice: quote no.\u00a0{quote} accepted on {accepted_on}. The deposit (acompte) of {percent} is a firm commitment of both parties and is set off against the price.",
    ),
    (
        "deposit_arrhes_accepted_invoice", -19,
        "Facture d’arrhes\u202f: devis n°\u00a0{quote} accepté le {accepted_on}. Le client qui renonce perd les arrhes de {percent}, le professionnel qui renonce en restitue le double (art.\u00a0L.\u00a0214-1 du Code de la consommation, art.\u00a01590 du Code civil). Elles s’imputent sur le prix.",
        "Earnest money invoice: quote no.\u00a0{quote} accepted on {accepted_on}. The customer who withdraws forfeits the earnest money (arrhes) of {percent}, the trader who withdraws repays it double (art.\u00a0L.\u00a0214-1 of the French Consumer Code, art.\u00a01590 of the French Civil Code). It is set off against the price.",
    ),
)  # fmt: skip
VALID_FROM = date(2026, 1, 1)

texts = sa.table(
    "legal_texts",
    sa.column("code", sa.String), sa.column("version", sa.Integer), sa.column("audience", sa.String), sa.column("place", sa.String),
    sa.column("position", sa.Integer), sa.column("text_fr", sa.Text), sa.column("text_en", sa.Text), sa.column("sha256", sa.String),
    sa.column("valid_from", sa.Date),
)  # fmt: skip


def upgrade() -> None:
    op.drop_index("uq_quote_versions_signed", "quote_versions")
    for table, column, rule, values in WIDENED:
        allow(table, column, rule, more=values)
    op.create_index(
        "uq_quote_versions_agreed", "quote_versions", ["quote_id"], unique=True, sqlite_where=AGREED, postgresql_where=AGREED
    )  # fmt: skip
    make_acceptances()
    make_proofs()
    with op.batch_alter_table("orders") as batch:
        batch.alter_column("signature_id", existing_type=KEY, nullable=True)
        batch.add_column(sa.Column("acceptance_id", KEY, nullable=True))
        batch.create_foreign_key(
            op.f("fk_orders_acceptance_id_acceptances"), "acceptances", ["acceptance_id"], ["id"], ondelete="RESTRICT"
        )  # fmt: skip
        batch.create_unique_constraint(op.f("uq_orders_acceptance_id"), ["acceptance_id"])
        batch.create_check_constraint(
            op.f("ck_orders_one_agreement"), "(signature_id IS NULL) <> (acceptance_id IS NULL)"
        )
    op.bulk_insert(
        texts,
        [
            {
                "code": code, "version": 1, "audience": "all", "place": "invoice", "position": position, "text_fr": fr, "text_en": en,
                "sha256": hashlib.sha256(f"{fr}\n{en}".encode()).hexdigest(), "valid_from": VALID_FROM,
            }
            for code, position, fr, en in WORDINGS
        ],
    )  # fmt: skip


def make_acceptances() -> None:
    op.create_table(
        "acceptances",
        sa.Column("id", KEY, nullable=False),
        sa.Column("quote_id", KEY, nullable=False),
        sa.Column("version_id", KEY, nullable=False),
        sa.Column("link_id", KEY, nullable=True),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("function", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proofs", sa.Integer(), nullable=False),
        sa.Column("selection", sa.LargeBinary(), nullable=False),
        sa.Column("totals", sa.LargeBinary(), nullable=False),
        sa.Column("content_digest", sa.String(64), nullable=False),
        sa.Column("combined_digest", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.Column("posted_as", sa.Uuid(), nullable=False),
        sa.CheckConstraint(METHODS, name=op.f("ck_acceptances_method")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_acceptances_somebody_accepted")),
        sa.CheckConstraint(WRITTEN, name=op.f("ck_acceptances_what_is_written_is_kept")),
        refers("acceptances", "quote_id", "quotes"),
        refers("acceptances", "version_id", "quote_versions"),
        refers("acceptances", "link_id", "client_links"),
        refers("acceptances", "recorded_by", "staff_members"),
        sa.UniqueConstraint("version_id", name=op.f("uq_acceptances_version_id")),
        sa.UniqueConstraint("posted_as", name=op.f("uq_acceptances_posted_as")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptances")),
    )
    for column in ("quote_id", "link_id", "recorded_by"):
        op.create_index(op.f(f"ix_acceptances_{column}"), "acceptances", [column])


def make_proofs() -> None:
    op.create_table(
        "acceptance_proofs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("acceptance_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_id", KEY, nullable=False),
        refers("acceptance_proofs", "acceptance_id", "acceptances"),
        refers("acceptance_proofs", "file_id", "stored_files"),
        sa.UniqueConstraint("file_id", name=op.f("uq_acceptance_proofs_file_id")),
        sa.UniqueConstraint(
            "acceptance_id", "position", name=op.f("uq_acceptance_proofs_acceptance_id_position")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_proofs")),
    )


def downgrade() -> None:
    """Refused once something was accepted: the tables before have no place for an order that nobody signed."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM acceptances LIMIT 1")).first():
        raise RuntimeError("acceptances are recorded: orders came of them, which cannot be taken back")
    op.execute(sa.delete(texts).where(texts.c.code.in_([code for code, *_ in WORDINGS])))
    with op.batch_alter_table("orders") as batch:
        batch.drop_constraint(op.f("ck_orders_one_agreement"), type_="check")
        batch.drop_constraint(op.f("uq_orders_acceptance_id"), type_="unique")
        batch.drop_constraint(op.f("fk_orders_acceptance_id_acceptances"), type_="foreignkey")
        batch.drop_column("acceptance_id")
        batch.alter_column("signature_id", existing_type=KEY, nullable=False)
    op.drop_table("acceptance_proofs")
    op.drop_table("acceptances")
    op.drop_index("uq_quote_versions_agreed", "quote_versions")
    for table, column, rule, values in WIDENED:
        allow(table, column, rule, fewer=values)
    op.create_index(
        "uq_quote_versions_signed", "quote_versions", ["quote_id"], unique=True, sqlite_where=SIGNED, postgresql_where=SIGNED
    )  # fmt: skip


def refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete="RESTRICT"
    )


def allow(
    table: str, column: str, rule: str, *, more: tuple[str, ...] = (), fewer: tuple[str, ...] = ()
) -> None:
    """The column may hold what it may hold now, and ``more``; or all of that but ``fewer``."""
    rules = sa.inspect(op.get_bind()).get_check_constraints(table)
    known = re.findall(r"'(\w+)'", next(str(each["sqltext"]) for each in rules if each["name"] == rule))
    listed = ", ".join(repr(value) for value in (*known, *more) if value not in fewer)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(rule), type_="check")
        batch.create_check_constraint(op.f(rule), f"{column} IN ({listed})")
