"""Links to a quote, and a count of the statements that a page asks of the database."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from backoffice.db import db
from backoffice.links.models import ClientLink
from tests.factories import a_sent_quote


@pytest.fixture
def link(app) -> ClientLink:
    return a_sent_quote()[1]


@pytest.fixture
def statements() -> Callable[[], contextlib.AbstractContextManager[list[str]]]:
    """``with statements() as asked:`` collects the SQL of the requests made inside."""

    @contextlib.contextmanager
    def counted() -> Iterator[list[str]]:
        asked: list[str] = []
        engine = db.engine

        def note(_connection, _cursor, statement, _parameters, _context, _many):
            if not statement.startswith("BEGIN"):
                asked.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)

    return counted
