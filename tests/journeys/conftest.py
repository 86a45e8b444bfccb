"""The application behind a real port, or as installed for processes of its own."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from backoffice import tasks
from backoffice.settings import Settings
from tests.conftest import SECRET, closed, migrate
from tests.journeys.crowd import Site
from wsgi import create_app


@pytest.fixture
def site(app: Flask) -> Iterator[Site]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def environment(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Of the installation: where its processes find everything."""
    chosen = {}
    if database == "postgresql":
        chosen["DATABASE_URL"] = request.getfixturevalue("cluster").create(request.path.stem)
    return chosen | {
        "ACCORD_ENV": "testing", "ACCORD_HOME": str(tmp_path), "SECRET_KEY": SECRET, "PUBLIC_URL": "http://localhost",
        "OUTBOX_LEASE": "3", "OUTBOX_SWEEP": "1",
    }  # fmt: skip


@pytest.fixture
def installation(environment: dict[str, str]) -> Iterator[Flask]:
    """An installation of its own, as its processes read it."""
    app = create_app(Settings.from_environment(environment))
    migrate(app)
    with app.app_context():
        yield app
    tasks.close(app)
    closed(app)
