import os
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect

import backoffice.models  # noqa: F401
from backoffice import access, assets, language, pages, work
from backoffice.access import Permission, needs
from backoffice.db import Base, db, tune
from backoffice.settings import PROJECT, Settings
from backoffice.staff import security, views
from backoffice.staff.cli import staff_group


def make(settings: Settings) -> Flask:
    app = Flask("accord", root_path=str(PROJECT), template_folder="templates", static_folder=None)
    app.extensions["accord"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_keys[0],
        TESTING=True,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        TRANSLATIONS=PROJECT / "backoffice" / "translations",
        SESSION_COOKIE_NAME="accord",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    db.init_app(app)
    with app.app_context():
        tune(db.engine)
    CSRFProtect(app)
    language.init_app(app)
    assets.init_app(app, PROJECT / "static", Path("/tmp/accord-staff-static"))
    work.init_app(app, work.Wiring({}, None))
    security.init_app(app)
    pages.init_app(app)
    app.register_blueprint(views.blueprint)
    access.init_app(app)
    app.cli.add_command(staff_group)

    @app.get("/")
    @needs(Permission.ENTER)
    def home() -> str:
        return "home"

    return app


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environment(
        {
            **({"DATABASE_URL": os.environ["STAFF_PG"]} if "STAFF_PG" in os.environ else {}),
            "ACCORD_HOME": str(tmp_path),
            "ACCORD_ENV": "testing",
            "SECRET_KEY": "k" * 20 + "abcdefghijklmnop",
        }
    )


@pytest.fixture
def app(settings: Settings):
    app = make(settings)
    with app.app_context():
        Base.metadata.drop_all(db.engine)
        Base.metadata.create_all(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def https_app(settings: Settings, app: Flask):
    made = make(replace(settings, public_url="https://quotes.example.com"))
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
