"""Triggers that refuse change of what is frozen, on both databases.

A rule is (table, columns or None for all, condition on OLD). Rules of tables that do not exist
(yet, or any more, at some revision) are passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

PREFIX = "frozen_"


@dataclass(frozen=True)
class Frozen:
    """``columns`` empty: no column may change. ``when``: SQL condition on OLD under which the row is frozen."""

    table: str
    columns: tuple[str, ...] = ()
    when: str = "1 = 1"


RULES = (
    Frozen(
        "quote_versions",
        ("quote_id", "number", "content", "digest", "internal", "frozen_at", "frozen_by", "closes_at"),
    ),
    Frozen("signatures"),
    Frozen("signature_texts"),
    Frozen("acceptances"),
    Frozen("acceptance_proofs"),
    Frozen("orders"),
    Frozen("order_lines"),
    Frozen("invoices", when="OLD.state <> 'draft'"),
    Frozen("credit_notes"),
    Frozen("credit_note_lines"),
    Frozen("credit_note_taxes"),
    Frozen("payments"),
    Frozen("documents", when="OLD.archived_at IS NOT NULL"),
    Frozen("timeline_entries"),
    Frozen("account_entries"),
    Frozen("change_requests"),
    Frozen("request_replies"),
    Frozen("refusals"),
    Frozen("withdrawals"),
    Frozen("renewal_wishes"),
    Frozen("client_entries"),
    Frozen(
        "stored_files", ("opportunity_id", "name", "media_type", "size", "sha256", "added_by_id", "added_at")
    ),
    Frozen(
        "legal_texts", ("code", "version", "audience", "place", "text_fr", "text_en", "sha256", "valid_from")
    ),
)
PARTS_OF_ISSUED = ("invoice_lines", "invoice_taxes")
"""Tables whose rows belong to an invoice, by ``invoice_id``, and are frozen with it."""


def drop_all(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        names = (
            connection.exec_driver_sql(
                f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '{PREFIX}%'"
            )
            .scalars()
            .all()
        )
        for name in names:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return
    rows = connection.exec_driver_sql(
        f"SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE '{PREFIX}%%'"
    ).all()
    for name, table in rows:
        connection.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")
    connection.exec_driver_sql("DROP FUNCTION IF EXISTS refuse_change()")
    connection.exec_driver_sql("DROP FUNCTION IF EXISTS refuse_change_of_issued_lines()")


def create_all(connection: sa.Connection) -> None:
    existing = set(sa.inspect(connection).get_table_names())
    statements = _sqlite(existing) if connection.dialect.name == "sqlite" else _postgresql(existing)
    for statement in statements:
        connection.exec_driver_sql(
            statement.replace("%", "%%") if connection.dialect.name != "sqlite" else statement
        )


def _sqlite(existing: set[str]) -> Iterator[str]:
    for rule in (rule for rule in RULES if rule.table in existing):
        changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in rule.columns) or "1 = 1"
        refusal = f"BEGIN SELECT RAISE(ABORT, 'frozen: {rule.table}'); END"
        name = f"CREATE TRIGGER {PREFIX}{rule.table}"
        yield f"{name}_update BEFORE UPDATE ON {rule.table} WHEN ({rule.when}) AND ({changed}) {refusal}"
        yield f"{name}_delete BEFORE DELETE ON {rule.table} WHEN {rule.when} {refusal}"
    for table in (table for table in PARTS_OF_ISSUED if table in existing):
        for act, rows in (
            ("insert", "NEW.invoice_id"),
            ("update", "OLD.invoice_id, NEW.invoice_id"),
            ("delete", "OLD.invoice_id"),
        ):
            yield (
                f"CREATE TRIGGER {PREFIX}{table}_{act} BEFORE {act.upper()} ON {table}"
                f" WHEN EXISTS (SELECT 1 FROM invoices WHERE invoices.id IN ({rows}) AND invoices.state = 'issued')"
                f" BEGIN SELECT RAISE(ABORT, 'frozen: {table}'); END"
            )


def _postgresql(existing: set[str]) -> Iterator[str]:
    yield (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'frozen: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    yield (
        "CREATE FUNCTION refuse_change_of_issued_lines() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM invoices WHERE id IN (OLD.invoice_id, NEW.invoice_id) AND state = 'issued') THEN "
        "RAISE EXCEPTION 'frozen: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    for rule in (rule for rule in RULES if rule.table in existing):
        # Texts are compared: a json column has no equality of its own.
        changed = (
            " OR ".join(f"OLD.{column}::text IS DISTINCT FROM NEW.{column}::text" for column in rule.columns)
            or "1 = 1"
        )
        refusal = "EXECUTE FUNCTION refuse_change()"
        name = f"CREATE TRIGGER {PREFIX}{rule.table}"
        row = f"ON {rule.table} FOR EACH ROW"
        yield f"{name}_update BEFORE UPDATE {row} WHEN (({rule.when}) AND ({changed})) {refusal}"
        yield f"{name}_delete BEFORE DELETE {row} WHEN ({rule.when}) {refusal}"
    for table in (table for table in PARTS_OF_ISSUED if table in existing):
        yield (
            f"CREATE TRIGGER {PREFIX}{table} BEFORE INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_issued_lines()"
        )
