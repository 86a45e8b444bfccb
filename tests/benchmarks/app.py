"""The product as it is, with a page that does nothing and a count of each answer's SQL statements."""

from typing import Any

from flask import Flask, Response, g, has_app_context
from sqlalchemy import event

import wsgi
from backoffice.db import db

NOTHING = "/noop"
STATEMENTS = "X-Statements"


def create_app() -> Flask:
    """What ``wsgi.create_app`` makes, to be measured."""
    app = wsgi.served_app()
    # An open page without its question to the database: it passes all that a page passes.
    app.add_url_rule(NOTHING, "health")
    app.view_functions["health"] = lambda: "nothing\n"
    app.after_request(tell_statements)
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", count_statement)
    return app


def count_statement(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if has_app_context() and not statement.startswith("BEGIN"):
        g.statements = g.get("statements", 0) + 1


def tell_statements(response: Response) -> Response:
    response.headers[STATEMENTS] = str(g.get("statements", 0))
    return response
