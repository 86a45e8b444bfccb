"""Real databases, the real application, a client that reads every page it gets."""

import gc
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import flask_migrate
import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import access, tasks
from backoffice.db import db
from backoffice.settings import PROJECT, Settings
from backoffice.staff.models import StaffMember
from tests.databases import Cluster, emptied, kept, postgresql_programs, put_back, replaced
from tests.factories import a_staff_session
from tests.house import House, a_house
from tests.reader import PageReader
from wsgi import create_app

SECRET = "tests-only-0123456789abcdefghijklmnopqrstuvwxyz"
REQUIRED = set(filter(None, os.environ.get("ACCORD_REQUIRE", "").split(",")))

# How long an example takes says how busy the machine is, not whether the product is right.
hypothesis.settings.register_profile("accord", deadline=None)
hypothesis.settings.load_profile("accord")


def available() -> dict[str, bool]:
    return {"postgresql": postgresql_programs() is not None, "browser": shutil.which("chromium") is not None}


def pytest_configure() -> None:
    """Before the workers of ``-n`` start, which can only fail one by one."""
    for need, there in available().items():
        if need in REQUIRED and not there:
            raise pytest.UsageError(f"{need} is required (ACCORD_REQUIRE) and not installed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without PostgreSQL or Chromium their tests are left out."""
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
        if "postgresql" in getattr(getattr(item, "callspec", None), "params", {}).values():
            item.add_marker(pytest.mark.postgresql)
    if available()["postgresql"]:
        leave_to_the_whole_run(items)
    for need, there in available().items():
        if there:
            continue
        kept = [item for item in items if item.get_closest_marker(need) is None]
        if len(kept) < len(items):
            config.hook.pytest_deselected(items=[item for item in items if item not in kept])
            items[:] = kept


def leave_to_the_whole_run(items: list[pytest.Item]) -> None:
    """Every test runs on both databases; whoever is in a hurry runs each on one of them, half of all on either."""
    twins: dict[str, dict[str, list[pytest.Item]]] = {}
    for item in items:
        database = getattr(getattr(item, "callspec", None), "params", {}).get("database")
        if database is not None:
            twins.setdefault(item.nodeid.partition("[")[0], {}).setdefault(database, []).append(item)
    for test, on in twins.items():
        if len(on) > 1:
            for item in on[sorted(on)[zlib.crc32(test.encode()) % len(on)]]:
                item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage took a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for need, there in available().items():
        if not there:
            terminalreporter.write_line(f"{need} is not installed: the tests that need it were left out")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Outside pytest's own folder, which another run that starts meanwhile makes private again."""
    with tempfile.TemporaryDirectory(prefix="accord-postgresql-") as folder:
        server = Cluster(Path(folder))
        yield server
        server.stop()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Style sheets and scripts are packed once for all runs: their folder is named by what is in them."""
    folder = tmp_path_factory.mktemp("home")
    packed = PROJECT / ".artifacts" / "static"
    packed.mkdir(parents=True, exist_ok=True)
    (folder / "static").symlink_to(packed)
    return folder


@pytest.fixture(scope="session")
def settings(home: Path) -> Settings:
    """What the tests run with; the database is put in by ``app``."""
    return Settings.from_environment(
        {
            "ACCORD_ENV": "testing",
            "ACCORD_HOME": str(home),
            "SECRET_KEY": SECRET,
            "PUBLIC_URL": "http://localhost",
        }
    )


@pytest.fixture(scope="session")
def migrated_sqlite(settings: Settings, home: Path) -> Path:
    template = home / "template.db"
    app = create_app(replace(settings, database_url=f"sqlite:///{template}"))
    migrate(app)
    closed(app)
    return template


@pytest.fixture(scope="session")
def sqlite_app(settings: Settings, home: Path) -> Iterator[Flask]:
    app = create_app(replace(settings, database_url=f"sqlite:///{home / 'test.db'}"))
    yield app
    tasks.close(app)
    closed(app)


@pytest.fixture(scope="session")
def postgresql_app(settings: Settings, cluster: Cluster) -> Iterator[Flask]:
    app = create_app(replace(settings, database_url=cluster.create("accord")))
    migrate(app)
    yield app
    tasks.close(app)
    closed(app)


def closed(app: Flask) -> None:
    """Its connections given back: one that is lost sight of is a warning, and so an error."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def migrate(app: Flask, revision: str = "head") -> None:
    """On SQLite, closing the connections folds the write-ahead log into the file."""
    with app.app_context():
        flask_migrate.upgrade(revision=revision)
    closed(app)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Makes a test run once on each database."""
    name: str = request.param
    return name


@pytest.fixture
def app(database: str, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application on an empty, migrated database, inside its context."""
    application: Flask = request.getfixturevalue(f"{database}_app")
    with application.app_context():
        if database == "sqlite":
            db.engine.dispose()
            replaced(Path(str(db.engine.url.database)), request.getfixturevalue("migrated_sqlite"))
        else:
            emptied(db.engine)
        yield application
        db.session.remove()
        if database == "sqlite":
            db.engine.dispose()


@pytest.fixture(scope="session")
def built() -> dict[tuple[str, str], Any]:
    """What was ``prepared`` on which database, by what made it."""
    return {}


@pytest.fixture
def prepared(app: Flask, database: str, built: dict[tuple[str, str], Any], home: Path) -> Callable[..., Any]:
    """``prepared(build)``: what ``build()`` answers (plain values), and the rows that it made on an empty database.

    It is called once, then its rows are put back as they were: many tests begin where a firm has worked for weeks.
    """

    def prepare(build: Callable[[], Any]) -> Any:
        assert not db.session.scalar(sa.select(sa.func.count(StaffMember.id))), (
            "it comes before all other rows"
        )
        db.session.remove()
        name = f"{build.__module__}_{build.__name__}".replace(".", "_")
        copy = home / f"{name}.db"
        if (database, name) in built:
            if database == "sqlite":
                db.engine.dispose()
                replaced(Path(str(db.engine.url.database)), copy)
            else:
                put_back(db.engine, name)
        else:
            answer = build()
            db.session.remove()
            if database == "sqlite":
                db.engine.dispose()
                replaced(copy, Path(str(db.engine.url.database)))
            else:
                kept(db.engine, name)
            built[database, name] = answer
        return built[database, name]

    return prepare


@pytest.fixture
def house(prepared: Callable[..., Any]) -> House:
    """A firm at work."""
    found: House = prepared(a_house)
    return found


@pytest.fixture
def client(app: Flask) -> PageReader:
    """A browser without JavaScript that checks every page it is given."""
    return reader_of(app)


@pytest.fixture
def signed_in(app: Flask) -> Callable[..., PageReader]:
    """``signed_in(member)``: a browser of that member of the staff, by id; it did not pass by the sign-in form.

    ``signed_in(member, another)``: at another application on the same database.
    """

    def sign_in(member: int, at: Flask = app) -> PageReader:
        account, opened = a_staff_session(member)
        reader = reader_of(at)
        with reader.session_transaction() as cookie:
            cookie[access.SESSION_KEY], cookie[access.ACCOUNT_KEY] = opened, account
        return reader

    return sign_in


@pytest.fixture
def statements(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """``with statements() as asked:`` collects the SQL of the requests made inside."""

    @contextmanager
    def counted() -> Iterator[list[str]]:
        asked: list[str] = []
        engine = db.engine  # of the application whose context this is

        def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            if not statement.startswith("BEGIN"):
                asked.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)

    return counted


def reader_of(app: Flask) -> PageReader:
    app.test_client_class = PageReader
    reader = app.test_client()
    assert isinstance(reader, PageReader)
    return reader
