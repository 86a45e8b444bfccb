"""When something fails: a page says so whatever else fails with it, and the log keeps the clients' secrets."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DatabaseError

from backoffice import tasks
from backoffice.db import db
from backoffice.logs import JsonLines, PlainLines
from tests.conftest import closed
from tests.factories import a_member, a_sent_quote, address_of
from wsgi import create_app


@pytest.fixture
def failing(app: Flask) -> Iterator[Callable[[], Any]]:
    """``failing()``: a browser of an application as in earnest, in which whatever frames a page fails."""
    broken = create_app(replace(app.extensions["accord"]))
    broken.config["PROPAGATE_EXCEPTIONS"] = False

    def frame() -> dict[str, Any]:
        raise ZeroDivisionError

    broken.context_processor(frame)
    yield broken.test_client
    tasks.close(broken)
    closed(broken)


def test_a_menu_that_fails_leaves_the_page_that_says_so(failing):
    a_member()
    answer = failing().get("/sign-in")
    assert answer.status_code == 500
    assert "Une erreur est survenue" in answer.text
    assert "Something went wrong" in answer.text


def test_the_log_says_where_it_failed_without_the_clients_link(failing, caplog):
    _, link = a_sent_quote()
    address = address_of(link)
    db.session.remove()
    answer = failing().get(address)
    assert answer.status_code == 500
    (told,) = [record for record in caplog.records if record.exc_info]
    for lines in (PlainLines(), JsonLines()):
        written = lines.format(told)
        assert "ZeroDivisionError" in written
        assert "portal.show" in written
        assert answer.headers["X-Request-ID"] in written
        assert address.rpartition("/")[2] not in written
    assert answer.headers["X-Request-ID"] in answer.text


def test_an_error_of_the_database_does_not_repeat_what_it_was_given(app):
    with pytest.raises(DatabaseError) as error:
        db.session.execute(sa.text("INSERT INTO nowhere VALUES (:nonce)"), {"nonce": "0123456789abcdef"})
    db.session.rollback()
    assert "nowhere" in str(error.value)
    assert "0123456789abcdef" not in str(error.value)
