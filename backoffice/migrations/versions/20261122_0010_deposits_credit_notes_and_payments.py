"""Deposits, invoices of a part, credit notes and payments.

What was invoiced before is one whole invoice per order: its sums by VAT rate are copied out of what its
lines say (the discount taken per rate, halves away from zero), so that what is left of an order can be told.
"""

import hashlib
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DEPOSIT_KINDS = ("acompte", "arrhes")
INVOICE_KINDS = ("deposit", "whole", "part", "balance")
METHODS = ("transfer", "card", "cheque", "cash", "direct_debit", "other")
VAT_CATEGORIES = ("S", "Z", "E", "AE", "K", "G", "O")
NEW_ENTRIES = ("invoice_discarded", "credit_note_issued", "payment_recorded", "payment_reversed")
ZERO_DECIMALS = frozenset({"JPY", "KRW", "CLP", "XPF", "XOF", "XAF"})

SUBJECTS = ("version_id", "signature_id", "invoice_id")
ISSUED_IS_COMPLETE = (
    "(state {drafts} AND number IS NULL AND issued_on IS NULL AND due_on IS NULL"
    " AND content IS NULL AND digest IS NULL)"
    " OR (state = 'issued' AND number IS NOT NULL AND issued_on IS NOT NULL AND due_on IS NOT NULL"
    " AND content IS NOT NULL AND digest IS NOT NULL)"
)

WORDINGS = (
    # code, place, position, French, English
    (
        "deposit_acompte", "quote", 90,
        "Un acompte de {deposit} TTC est dû à la commande. Il vaut engagement ferme des deux parties et s’impute sur le prix.",
        "A deposit (acompte) of {deposit} incl. VAT is due on order. It is a firm commitment of both parties and is set off against the price.",
    ),
    (
        "deposit_arrhes", "quote", 91,
        "Des arrhes de {deposit} TTC sont versées à la commande\u202f: le client qui renonce les perd, le professionnel qui renonce en restitue le double (art.\u00a0L.\u00a0214-1 du Code de la consommation, art.\u00a01590 du Code civil). Elles s’imputent sur le prix.",
        "Earnest money (arrhes) of {deposit} incl. VAT is paid on order: the customer who withdraws forfeits it, the trader who withdraws repays it double (art.\u00a0L.\u00a0214-1 of the French Consumer Code, art.\u00a01590 of the French Civil Code). It is set off against the price.",
    ),
    (
        "deposit_acompte_invoice", "invoice", -20,
        "Facture d’acompte\u202f: devis n°\u00a0{quote} signé le {signed_on}. L’acompte de {percent} vaut engagement ferme des deux parties et s’impute sur le prix.",
        "Deposit invoice: quote no.\u00a0{quote} signed on {signed_on}. The deposit (acompte) of {percent} is a firm commitment of both parties and is set off against the price.",
    ),
    (
        "deposit_arrhes_invoice", "invoice", -19,
        "Facture d’arrhes\u202f: devis n°\u00a0{quote} signé le {signed_on}. Le client qui renonce perd les arrhes de {percent}, le professionnel qui renonce en restitue le double (art.\u00a0L.\u00a0214-1 du Code de la consommation, art.\u00a01590 du Code civil). Elles s’imputent sur le prix.",
        "Earnest money invoice: quote no.\u00a0{quote} signed on {signed_on}. The customer who withdraws forfeits the earnest money (arrhes) of {percent}, the trader who withdraws repays it double (art.\u00a0L.\u00a0214-1 of the French Consumer Code, art.\u00a01590 of the French Civil Code). It is set off against the price.",
    ),
    (
        "deduction_invoice", "invoice", -18,
        "Déduction faite du versement à la commande, facture n°\u00a0{deposit_number} du {deposit_date}, pour {off_net} HT, {off_vat} de TVA, {off_gross} TTC.",
        "Less the deposit on order, invoice no.\u00a0{deposit_number} of {deposit_date}, for {off_net} excl. VAT, {off_vat} of VAT, {off_gross} incl. VAT.",
    ),
    (
        "credit_note", "credit_note", 0,
        "Avoir n°\u00a0{number}, relatif à la facture n°\u00a0{invoice} du {invoice_date}.",
        "Credit note no.\u00a0{number}, relating to invoice no.\u00a0{invoice} of {invoice_date}.",
    ),
)  # fmt: skip
VALID_FROM = date(2026, 1, 1)

texts = sa.table(
    "legal_texts",
    sa.column("code", sa.String), sa.column("version", sa.Integer), sa.column("audience", sa.String), sa.column("place", sa.String),
    sa.column("position", sa.Integer), sa.column("text_fr", sa.Text), sa.column("text_en", sa.Text), sa.column("sha256", sa.String),
    sa.column("valid_from", sa.Date),
)  # fmt: skip
counters = sa.table(
    "counters", sa.column("series", sa.String), sa.column("prefix", sa.String), sa.column("year", sa.Integer), sa.column("last", sa.Integer)
)  # fmt: skip
invoice_taxes = sa.table(
    "invoice_taxes",
    *(sa.column(name) for name in ("invoice_id", "vat_category", "vat_rate", "base", "tax", "deducted_base", "deducted_tax")),
)  # fmt: skip


def upgrade() -> None:
    _widen(more=True)
    _remake(
        "invoices",
        checks={"ck_invoices_issued_is_complete": ISSUED_IS_COMPLETE.format(drafts="IN ('draft', 'discarded')")},
    )
    _deposit_on("quotes", [("deposit_is_a_percentage", "deposit_percent BETWEEN 0 AND 10000")])
    _deposit_on("orders", [])
    with op.batch_alter_table("invoices") as batch:
        batch.add_column(
            sa.Column("kind", sa.String(32), nullable=False, server_default="whole")
        )
        batch.add_column(sa.Column("deducts_id", KEY, nullable=True))
        batch.create_foreign_key(
            op.f("fk_invoices_deducts_id_invoices"), "invoices", ["deducts_id"], ["id"], ondelete="RESTRICT"
        )
        batch.create_check_constraint(op.f("ck_invoices_invoice_kind"), _one_of("kind", INVOICE_KINDS))
        batch.create_check_constraint(
            op.f("ck_invoices_a_deposit_deducts_none"), "kind <> 'deposit' OR deducts_id IS NULL"
        )
        batch.create_index(op.f("ix_invoices_deducts_id"), ["deducts_id"])
    with op.batch_alter_table("invoices") as batch:
        batch.alter_column("kind", existing_type=sa.String(32), existing_nullable=False, server_default=None)
    _rates_of("invoice_taxes", "invoice_id", "invoices")
    _credit_notes()
    _payments()
    _documents()
    _copy_sums()
    op.bulk_insert(
        texts,
        [
            {
                "code": code, "version": 1, "audience": "all", "place": place, "position": position, "text_fr": fr, "text_en": en,
                "sha256": hashlib.sha256(f"{fr}\n{en}".encode()).hexdigest(), "valid_from": VALID_FROM,
            }
            for code, place, position, fr, en in WORDINGS
        ],
    )  # fmt: skip
    op.bulk_insert(counters, [{"series": "credit_note", "prefix": "A", "year": 2026, "last": 0}])


def downgrade() -> None:
    for table, column, values in (
        ("timeline_entries", "kind", NEW_ENTRIES),
        ("documents", "kind", ("credit_note",)),
        ("counters", "series", ("credit_note",)),
        ("legal_texts", "code", tuple(code for code, *_ in WORDINGS)),
    ):
        op.execute(f"DELETE FROM {table} WHERE {_one_of(column, values)}")  # noqa: S608 - our own words
    _remake("documents", drop=["credit_note_id"], checks={"ck_documents_one_subject": _one_subject(SUBJECTS)})
    for table in ("payments", "credit_note_taxes", "credit_note_lines", "credit_notes", "invoice_taxes"):
        op.drop_table(table)
    op.execute("DELETE FROM invoice_lines WHERE invoice_id IN (SELECT id FROM invoices WHERE state = 'discarded')")
    op.execute("DELETE FROM invoices WHERE state = 'discarded'")
    for table, columns in (
        ("invoices", ["kind", "deducts_id"]),
        ("orders", ["deposit_percent", "deposit_kind"]),
        ("quotes", ["deposit_percent", "deposit_kind"]),
    ):
        checks = {"ck_invoices_issued_is_complete": ISSUED_IS_COMPLETE.format(drafts="= 'draft'")}
        _remake(table, drop=columns, checks=checks if table == "invoices" else {})
    _widen(more=False)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _one_subject(subjects: tuple[str, ...]) -> str:
    kinds = {"version_id": "quote", "signature_id": "signed_quote", "invoice_id": "invoice", "credit_note_id": "credit_note"}
    return " OR ".join(
        f"(kind = '{kinds[each]}' AND "
        + " AND ".join(f"{other} IS {'NOT ' if other == each else ''}NULL" for other in subjects)
        + ")"
        for each in subjects
    )


WIDENED = (
    # table, column, check, what becomes possible
    ("counters", "series", "ck_counters_series", ("credit_note",)),
    ("legal_texts", "place", "ck_legal_texts_place", ("credit_note",)),
    ("timeline_entries", "kind", "ck_timeline_entries_entry_kind", NEW_ENTRIES),
    ("documents", "kind", "ck_documents_document_kind", ("credit_note",)),
    ("invoices", "state", "ck_invoices_invoice_state", ("discarded",)),
)


def _widen(*, more: bool) -> None:
    """Let the checks that list values list ours as well, or no more: whatever else they list stays."""
    for table, column, name, ours in WIDENED:
        listed = _listed(table, name)
        values = (*listed, *ours) if more else tuple(value for value in listed if value not in ours)
        _remake(table, checks={name: _one_of(column, values)})


def _listed(table: str, name: str) -> tuple[str, ...]:
    """The values that a check lists, in whatever words the database puts it."""
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    condition = next(str(each["sqltext"]) for each in checks if each["name"] == name)
    return tuple(re.findall(r"'([^']*)'", condition))


def _remake(table: str, *, checks: dict[str, str], drop: list[str] | None = None) -> None:
    """Put ``checks`` in the place of those of the same names; drop columns with the checks and indexes that name them."""
    gone = drop or []
    look = sa.inspect(op.get_bind())
    constraints = {str(each["name"]): str(each["sqltext"]) for each in look.get_check_constraints(table)}
    with op.batch_alter_table(table) as batch:
        for name, condition in constraints.items():
            if name in checks or any(column in condition for column in gone):
                batch.drop_constraint(op.f(name), type_="check")
        for name, condition in checks.items():
            batch.create_check_constraint(op.f(name), condition)
        for key in look.get_foreign_keys(table):
            if set(key["constrained_columns"]) & set(gone):
                batch.drop_constraint(op.f(str(key["name"])), type_="foreignkey")
        for unique in look.get_unique_constraints(table):
            if set(unique["column_names"]) & set(gone):
                batch.drop_constraint(op.f(str(unique["name"])), type_="unique")
        for index in look.get_indexes(table):
            if not index.get("duplicates_constraint") and set(index["column_names"]) & set(gone):
                batch.drop_index(op.f(str(index["name"])))
        for column in gone:
            batch.drop_column(column)


def _deposit_on(table: str, checks: list[tuple[str, str]]) -> None:
    with op.batch_alter_table(table) as batch:
        batch.add_column(
            sa.Column("deposit_percent", sa.BigInteger(), nullable=False, server_default="0")
        )
        batch.add_column(sa.Column("deposit_kind", sa.String(32), nullable=True))
        batch.create_check_constraint(op.f(f"ck_{table}_deposit_kind"), _one_of("deposit_kind", DEPOSIT_KINDS))
        for name, condition in [*checks, ("deposit_has_a_kind", "(deposit_percent = 0) = (deposit_kind IS NULL)")]:
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _rates_of(table: str, parent: str, parents: str) -> None:
    op.create_table(
        table,
        sa.Column("id", KEY, nullable=False),
        sa.Column(parent, KEY, nullable=False),
        sa.Column("vat_category", _enum("vat_category", *VAT_CATEGORIES), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("vat_rate", "base", "tax", "deducted_base", "deducted_tax")
        ),
        sa.ForeignKeyConstraint([parent], [f"{parents}.id"], name=op.f(f"fk_{table}_{parent}_{parents}"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(parent, "vat_category", "vat_rate", name=op.f(f"uq_{table}_{parent}_vat_category_vat_rate")),
    )  # fmt: skip


def _credit_notes() -> None:
    op.create_table(
        "credit_notes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("number", sa.String(35), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("net", "vat", "gross")),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", KEY, nullable=False),
        sa.CheckConstraint("gross >= 0", name=op.f("ck_credit_notes_gross_not_negative")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_credit_notes_invoice_id_invoices"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_credit_notes_order_id_orders"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["issued_by"], ["staff_members.id"], name=op.f("fk_credit_notes_issued_by_staff_members"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_notes")),
        sa.UniqueConstraint("number", name=op.f("uq_credit_notes_number")),
    )  # fmt: skip
    for column in ("invoice_id", "order_id", "issued_by"):
        op.create_index(op.f(f"ix_credit_notes_{column}"), "credit_notes", [column])
    op.create_table(
        "credit_note_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("credit_note_id", KEY, nullable=False),
        sa.Column("invoice_line_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["credit_note_id"], ["credit_notes.id"], name=op.f("fk_credit_note_lines_credit_note_id_credit_notes"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["invoice_line_id"], ["invoice_lines.id"], name=op.f("fk_credit_note_lines_invoice_line_id_invoice_lines"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note_lines")),
        sa.UniqueConstraint("credit_note_id", "position", name=op.f("uq_credit_note_lines_credit_note_id_position")),
    )  # fmt: skip
    op.create_index(op.f("ix_credit_note_lines_invoice_line_id"), "credit_note_lines", ["invoice_line_id"])
    _rates_of("credit_note_taxes", "credit_note_id", "credit_notes")


def _payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("method", _enum("method", *METHODS), nullable=False),
        sa.Column("reference", sa.String(80), nullable=False),
        sa.Column("reverses_id", KEY, nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_payments_of_something")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_payments_invoice_id_invoices"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["reverses_id"], ["payments.id"], name=op.f("fk_payments_reverses_id_payments"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["recorded_by"], ["staff_members.id"], name=op.f("fk_payments_recorded_by_staff_members"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_payments_reverses_id")),
    )  # fmt: skip
    for column in ("invoice_id", "recorded_by"):
        op.create_index(op.f(f"ix_payments_{column}"), "payments", [column])


def _documents() -> None:
    with op.batch_alter_table("documents") as batch:
        batch.add_column(sa.Column("credit_note_id", KEY, nullable=True))
        batch.create_foreign_key(
            op.f("fk_documents_credit_note_id_credit_notes"), "credit_notes", ["credit_note_id"], ["id"], ondelete="RESTRICT"
        )
        batch.create_unique_constraint(op.f("uq_documents_kind_credit_note_id"), ["kind", "credit_note_id"])
    _remake(
        "documents",
        checks={
            "ck_documents_one_subject": _one_subject((*SUBJECTS, "credit_note_id")),
        },
    )


def _copy_sums() -> None:
    """Of invoices made before, by VAT rate."""
    connection = op.get_bind()
    found: dict[int, list[Any]] = {}
    for row in connection.execute(
        sa.text(
            "SELECT invoices.id, invoices.discount, invoices.currency, vat_category, vat_rate, SUM(invoice_lines.net) AS nets"
            " FROM invoices JOIN invoice_lines ON invoice_lines.invoice_id = invoices.id"
            " GROUP BY invoices.id, invoices.discount, invoices.currency, vat_category, vat_rate"
        )
    ):
        found.setdefault(row.id, []).append(row)
    rows = []
    for invoice_id, rates in found.items():
        for each in rates:
            base = int(each.nets) - _share(int(each.nets), each.discount, each.currency)
            rows.append(
                {
                    "invoice_id": invoice_id, "vat_category": each.vat_category, "vat_rate": each.vat_rate, "base": base,
                    "tax": _share(base, each.vat_rate, each.currency), "deducted_base": 0, "deducted_tax": 0,
                }
            )  # fmt: skip
    if rows:
        op.bulk_insert(invoice_taxes, rows)


def _share(hundredths: int, percent: int, currency: str) -> int:
    """Per cent (in hundredths) of an amount in hundredths, to the currency's smallest step."""
    step = Decimal(100 if currency in ZERO_DECIMALS else 1)
    exact = Decimal(hundredths) * Decimal(percent) / 10_000
    return int((exact / step).quantize(Decimal(1), ROUND_HALF_UP) * step)
