"""The only module that knows both packages: ``create_app`` puts them together."""

import gc
import os
from types import TracebackType

from flask import Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import portal
from backoffice import (
    access,
    assets,
    carrying,
    cli,
    delivery,
    garbage,
    health,
    language,
    logs,
    navigation,
    pages,
    tasks,
    work,
)
from backoffice.acceptances import views as acceptances
from backoffice.account import views as account
from backoffice.accounting import views as accounting
from backoffice.agenda import views as agenda
from backoffice.answers import views as answers
from backoffice.bundles import views as bundles
from backoffice.catalogue import views as catalogue
from backoffice.client_groups import views as client_groups
from backoffice.clients import views as clients
from backoffice.comparison import views as comparison
from backoffice.contacts import views as contacts
from backoffice.credit_notes import views as credit_notes
from backoffice.db import db, tune
from backoffice.demonstration import views as demonstration
from backoffice.discounts import views as discounts
from backoffice.documents import views as documents
from backoffice.families import views as families
from backoffice.files import views as files
from backoffice.imports import views as imports
from backoffice.invitations import views as invitations
from backoffice.invoices import views as invoices
from backoffice.jobs import views as jobs
from backoffice.jobs.registry import JOBS
from backoffice.ledger import views as ledger
from backoffice.lines import views as lines
from backoffice.links import views as links
from backoffice.mailserver import views as mailserver
from backoffice.merging import views as merging
from backoffice.notices import views as notices
from backoffice.notifications import views as outgoing
from backoffice.numbering import views as numbering
from backoffice.opportunities import views as opportunities
from backoffice.orders import views as orders
from backoffice.outcomes import views as outcomes
from backoffice.particulars import views as particulars
from backoffice.payments import views as payments
from backoffice.people import views as people
from backoffice.presentations import views as presentations
from backoffice.price_lists import views as price_lists
from backoffice.pricing import views as pricing
from backoffice.quotes import views as quotes
from backoffice.reactions import REACTIONS
from backoffice.reasons import views as reasons
from backoffice.search import views as search
from backoffice.second_factor import views as second_factor
from backoffice.seller import views as seller
from backoffice.settings import PROJECT, Settings
from backoffice.staff import security
from backoffice.staff import views as staff
from backoffice.timeline import views as timeline
from backoffice.today import views as today
from backoffice.vat import views as vat
from backoffice.welcome import views as welcome

BLUEPRINTS = (
    staff,
    today,
    search,
    opportunities,
    quotes,
    comparison,
    presentations,
    catalogue,
    price_lists,
    client_groups,
    discounts,
    pricing,
    bundles,
    families,
    clients,
    contacts,
    merging,
    orders,
    invoices,
    credit_notes,
    payments,
    accounting,
    documents,
    notices,
    outgoing,
    reasons,
    jobs,
    account,
    second_factor,
    people,
    invitations,
    agenda,
    files,
    ledger,
    lines,
    outcomes,
    particulars,
    timeline,
    imports,
    answers,
    acceptances,
    links,
    seller,
    vat,
    numbering,
    welcome,
    mailserver,
    demonstration,
)


class Accord(Flask):
    """Flask, but that its log names no path: a client's link is a key."""

    def log_exception(
        self, exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None]
    ) -> None:
        self.logger.error("Unforeseen", exc_info=exc_info, extra={"facts": logs.facts_of_request()})


def create_app(settings: Settings | None = None) -> Flask:
    """The application, made from the environment unless settings are given."""
    settings = settings or Settings.from_environment(os.environ)
    app = Accord("accord", root_path=str(PROJECT), template_folder="templates", static_folder=None)
    app.extensions["accord"] = settings
    app.config.from_mapping(flask_configuration(settings))
    logs.init_app(app, settings)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    db.init_app(app)
    with app.app_context():
        tune(db.engine)
    Migrate(app, db, directory=str(PROJECT / "backoffice" / "migrations"))
    CSRFProtect(app)
    language.init_app(app)
    assets.init_app(app, PROJECT / "static", settings.home / "static", watch=settings.development)
    delivery.init_app(app)
    carrying.init_app(app, JOBS)
    nudge = tasks.init_app(app)
    work.init_app(app, work.Wiring(REACTIONS, nudge))
    security.init_app(app)
    pages.init_app(app)
    health.init_app(app)
    navigation.init_app(app)
    for views in BLUEPRINTS:
        app.register_blueprint(views.blueprint)
    portal.init_app(app)
    access.init_app(app)
    cli.init_app(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    # What is loaded by now stays. Looking through all of it for garbage held up a request now and then by 150 ms.
    gc.freeze()
    return app


def served_app() -> Flask:
    """What the web server's workers serve."""
    app = create_app()
    garbage.collect_between_requests(app)
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
