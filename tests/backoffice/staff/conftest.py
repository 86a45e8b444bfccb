from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from backoffice.db import db
from tests.factories import a_member
from tests.reader import PageReader
from tests.signing import EMAIL
from wsgi import create_app


@pytest.fixture
def another_app(app: Flask) -> Iterator[Callable[..., Flask]]:
    """Makes applications of their own on the same database, with other settings."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        made.append(create_app(replace(app.extensions["accord"], **settings)))
        made[-1].test_client_class = PageReader
        return made[-1]

    yield make
    for each in made:
        with each.app_context():
            db.engine.dispose()


@pytest.fixture
def claire(app: Flask) -> int:
    return a_member(email=EMAIL, name="Claire Duval", language="en")


@pytest.fixture
def client(client: PageReader) -> PageReader:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client
