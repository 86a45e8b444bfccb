"""The tables as migrations make them, with data in them, on both databases: up, down, and what they refuse afterwards."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import DatabaseError

from backoffice import clock
from backoffice.db import db
from backoffice.migrations import triggers
from backoffice.settings import PROJECT
from tests import factories
from tests.conftest import SECRET, closed
from tests.databases import emptied
from tests.environment import environment_with
from tests.factories import everything
from wsgi import create_app

MIGRATIONS = PROJECT / "backoffice" / "migrations"
REVISIONS = [script.revision for script in reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions()))]
BATCH = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "probe", "{head}", None, None


def upgrade():
    for table, column in (("client_links", "name"), ("orders", "client_name"), ("invoices", "number"), ("signatures", "name")):
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, existing_type=sa.String(120), type_=sa.String(150))
    with op.batch_alter_table("quotes") as batch:
        batch.add_column(sa.Column("probe", sa.Integer(), nullable=False, server_default="0"))
        batch.alter_column("number", existing_type=sa.String(35), type_=sa.String(40))


def downgrade():
    with op.batch_alter_table("quotes") as batch:
        batch.drop_column("probe")
"""


@pytest.fixture
def house(database, settings, tmp_path, request) -> Iterator[Flask]:
    """An application on a database of its own, migrated and at work: a signed quote, its order, its issued invoice."""
    if database == "sqlite":
        template = request.getfixturevalue("migrated_sqlite")
        url = f"sqlite:///{shutil.copyfile(template, tmp_path / 'house.db')}"
    else:
        request.getfixturevalue("postgresql_app")  # migrated, and nobody connected: it can be copied
        closed(request.getfixturevalue("postgresql_app"))
        url = request.getfixturevalue("cluster").create(f"house_{tmp_path.name}".lower(), template="accord")
    app = create_app(replace(settings, database_url=url))
    with app.app_context():
        if database == "postgresql":
            emptied(db.engine)
        at_work()
        yield app
    closed(app)


def at_work() -> None:
    _, _, signature = factories.a_signed_quote()
    factories.an_invoice(factories.order_of(signature), issued=True)
    with db.engine.begin() as connection:  # as if a worker had kept the paper
        connection.execute(
            sa.text("UPDATE documents SET archived_at = :at, sha256 = :sha, size = 1"),
            {"at": clock.now().replace(tzinfo=None), "sha": "a" * 64},
        )


def triggers_of(app: Flask) -> set[str]:
    sqlite = "SELECT name || ' ' || sql FROM sqlite_master WHERE type = 'trigger'"
    postgresql = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    with db.engine.connect() as connection:
        return set(
            connection.exec_driver_sql(
                sqlite if connection.dialect.name == "sqlite" else postgresql
            ).scalars()
        )


def rules_of() -> set[tuple[str, str]]:
    """Tables with the names of their indexes, uniques, checks and foreign keys."""
    look = sa.inspect(db.engine)
    kinds = (look.get_indexes, look.get_unique_constraints, look.get_check_constraints, look.get_foreign_keys)
    return {
        (table, str(rule["name"]))
        for table in look.get_table_names()
        for kind in kinds
        for rule in kind(table)
    }


def migrated(act: str, revision: str, directory: Path = MIGRATIONS) -> None:
    db.session.remove()
    db.engine.dispose()
    getattr(flask_migrate, act)(directory=str(directory), revision=revision)


def test_the_tables_are_those_of_the_models(house):
    db.session.remove()
    flask_migrate.check(directory=str(MIGRATIONS))  # exits with an error when they differ


def test_the_last_revision_goes_down_and_up_with_data(house):
    before, guards, rules = everything(), triggers_of(house), rules_of()
    migrated("downgrade", REVISIONS[-2])
    migrated("upgrade", "head")
    after = everything()
    for table in (
        "signatures",
        "orders",
        "order_lines",
        "invoices",
        "invoice_lines",
        "quote_versions",
        "documents",
        "timeline_entries",
    ):
        assert after[table] == before[table], table
    assert (triggers_of(house), rules_of()) == (guards, rules)


@pytest.mark.slow
def test_everything_goes_down_and_up_again(house):
    migrated("downgrade", "base")
    assert sa.inspect(db.engine).get_table_names() == ["alembic_version"]
    for revision in REVISIONS:
        migrated("upgrade", revision)
    flask_migrate.check(directory=str(MIGRATIONS))
    at_work()


def test_altering_a_table_by_copy_keeps_children_triggers_and_rules(house, tmp_path):
    directory = Path(
        shutil.copytree(MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    )
    (directory / "versions" / "probe.py").write_text(BATCH.format(head=REVISIONS[-1]))
    before, guards, rules = everything(), triggers_of(house), rules_of()
    migrated("upgrade", "head", directory)
    assert everything() == before
    assert (triggers_of(house), rules_of()) == (guards, rules)
    migrated("downgrade", REVISIONS[-1], directory)
    assert everything() == before


FORBIDDEN = [
    ("UPDATE quote_versions SET content = 'x'", "DELETE FROM quote_versions"),
    ("UPDATE quote_versions SET digest = 'x'", "UPDATE quote_versions SET closes_at = '2030-01-01'"),
    ("UPDATE quote_versions SET internal = '{}'", "UPDATE quote_versions SET number = 9"),
    ("UPDATE signatures SET name = 'Somebody else'", "DELETE FROM signatures"),
    ("UPDATE signature_texts SET text = 'something else'", "DELETE FROM signature_texts"),
    ("UPDATE orders SET gross = 1", "DELETE FROM orders"),
    ("UPDATE order_lines SET net = 1", "DELETE FROM order_lines"),
    ("UPDATE invoices SET gross = 1", "DELETE FROM invoices"),
    ("UPDATE invoices SET state = 'draft', number = NULL, issued_on = NULL, due_on = NULL, content = NULL, digest = NULL", "UPDATE invoices SET revision = 9"),
    ("UPDATE invoice_lines SET net = 1", "DELETE FROM invoice_lines"),
    ("UPDATE documents SET sha256 = 'b'", "DELETE FROM documents"),
    ("UPDATE timeline_entries SET facts = '{}'", "DELETE FROM timeline_entries"),
    ("UPDATE legal_texts SET text_fr = 'something else'", "DELETE FROM legal_texts"),
]  # fmt: skip


def outcome(statement: str) -> str:
    try:
        with db.engine.begin() as connection:
            connection.exec_driver_sql(statement)
    except DatabaseError as error:
        return str(error)
    return "done"


def test_what_is_frozen_refuses_to_change_whoever_asks(house):
    before = everything()
    columns = ", ".join(
        column["name"]
        if column["name"] not in {"id", "position"}
        else {"id": "999", "position": "999"}[column["name"]]
        for column in sa.inspect(db.engine).get_columns("invoice_lines")
    )
    names = ", ".join(column["name"] for column in sa.inspect(db.engine).get_columns("invoice_lines"))
    insert = f"INSERT INTO invoice_lines ({names}) SELECT {columns} FROM invoice_lines"  # noqa: S608 - names of columns
    allowed = []
    for statement in [*(each for pair in FORBIDDEN for each in pair), insert]:
        table = statement.replace("DELETE FROM", "UPDATE").replace("INSERT INTO", "UPDATE").split()[1]
        assert before[table], f"nothing in {table} to refuse"
        if f"frozen: {table}" not in outcome(statement):
            allowed.append(statement)
    assert allowed == []
    assert everything() == before


def test_an_upgrade_with_nothing_to_do_hinders_nobody_and_is_not_hindered(house):
    """A page that is being read holds its tables; dropping their triggers would wait for it, and everybody behind."""
    guards = triggers_of(house)
    with db.engine.connect() as reader, reader.begin():
        assert reader.exec_driver_sql("SELECT count(*) FROM timeline_entries").scalar()
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        assert reader.exec_driver_sql("SELECT count(*) FROM timeline_entries").scalar()
    assert triggers_of(house) == guards


@pytest.mark.slow
def test_two_upgrades_of_an_empty_database_at_once_both_succeed(database, settings, tmp_path, request):
    if database == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        url = request.getfixturevalue("cluster").create(f"empty_{tmp_path.name}".lower())
    (tmp_path / "static").symlink_to(settings.home / "static")
    environment = environment_with(
        {"ACCORD_ENV": "testing", "ACCORD_HOME": str(tmp_path), "DATABASE_URL": url, "SECRET_KEY": SECRET}
    )
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    started = [
        subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [each.communicate(timeout=90)[1] for each in started]
    assert [each.returncode for each in started] == [0, 0], said
    app = create_app(replace(settings, database_url=url))
    with app.app_context():
        flask_migrate.check(directory=str(MIGRATIONS))
        assert {f"frozen_{rule.table}_update" for rule in triggers.RULES} <= {
            each.split()[0] if database == "sqlite" else each.split()[2] for each in triggers_of(app)
        }
    closed(app)
