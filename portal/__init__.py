"""The client's pages: what a link opens, and nothing else of the house."""

from flask import Flask

from portal import answers, comparison, pictures
from portal.views import blueprint, keep_private

__all__ = ["answers", "comparison", "init_app", "pictures"]


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.after_request(keep_private)
