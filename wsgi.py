"""The only module that knows both packages: ``create_app`` puts them together."""

import os
from types import TracebackType

from flask import Flask, request
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import portal
from backoffice import access, assets, cli, delivery, language, navigation, pages, tasks, work
from backoffice.catalogue import views as catalogue
from backoffice.clients import views as clients
from backoffice.db import db, tune
from backoffice.documents import views as documents
from backoffice.invoices import views as invoices
from backoffice.notifications import views as outgoing
from backoffice.opportunities import views as opportunities
from backoffice.orders import views as orders
from backoffice.quotes import views as quotes
from backoffice.reactions import REACTIONS
from backoffice.settings import PROJECT, Settings
from backoffice.staff import security
from backoffice.staff import views as staff

BLUEPRINTS = (staff, opportunities, quotes, catalogue, clients, orders, invoices, documents, outgoing)


class Accord(Flask):
    """Flask, but that its log names no path: a client's link is a key."""

    def log_exception(
        self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]
    ) -> None:
        self.logger.error("Exception on %s %s", request.method, request.endpoint, exc_info=exc_info)


def create_app(settings: Settings | None = None) -> Flask:
    """The application, made from the environment unless settings are given."""
    settings = settings or Settings.from_environment(os.environ)
    app = Accord("accord", root_path=str(PROJECT), template_folder="templates", static_folder=None)
    app.extensions["accord"] = settings
    app.config.from_mapping(flask_configuration(settings))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    with app.app_context():
        tune(db.engine)
    Migrate(app, db, directory=str(PROJECT / "backoffice" / "migrations"))
    CSRFProtect(app)
    language.init_app(app)
    assets.init_app(app, PROJECT / "static", settings.home / "static", watch=settings.development)
    delivery.init_app(app)
    nudge = tasks.init_app(app)
    work.init_app(app, work.Wiring(REACTIONS, nudge))
    security.init_app(app)
    pages.init_app(app)
    navigation.init_app(app)
    for views in BLUEPRINTS:
        app.register_blueprint(views.blueprint)
    portal.init_app(app)
    access.init_app(app)
    cli.init_app(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def flask_configuration(settings: Settings) -> dict[str, object]:
    """Our settings in the words of Flask and its extensions."""
    return {
        "SECRET_KEY": settings.secret_keys[0],
        "SECRET_KEY_FALLBACKS": list(settings.secret_keys[1:]),
        "TESTING": settings.environment == "testing",
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_pre_ping": not settings.database_url.startswith("sqlite"),
            "hide_parameters": True,  # an error is logged; names, addresses and nonces of links are not
        },
        "TRANSLATIONS": PROJECT / "backoffice" / "translations",
        "MAX_CONTENT_LENGTH": 1_000_000,
        "MAX_FORM_MEMORY_SIZE": 1_000_000,
        "MAX_FORM_PARTS": 5_000,
        "SESSION_COOKIE_NAME": "accord",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.https,
        # Tokens are checked when a form is validated, so that the filled form comes back with a fresh one.
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "PREFERRED_URL_SCHEME": "https" if settings.https else "http",
    }
