"""The client's pages: what a link opens, and nothing else of the house."""

from flask import Flask

from portal.answers import blueprint
from portal.views import keep_private


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.after_request(keep_private)
