"""Signing in and out by the form, as Claire does."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import PASSWORD
from tests.reader import Page, PageReader

EMAIL = "claire@atelier-duval.example"


def sign_in(
    client: PageReader,
    email: str = EMAIL,
    password: str = PASSWORD,
    onward: str | None = None,
    **options: Any,
) -> TestResponse:
    """``options`` go with the form as it is sent, not with the page that holds it."""
    address = "/sign-in" if onward is None else f"/sign-in?next={onward}"
    return client.submit(address, {"email": email, "password": password}, "/sign-in", **options)


def is_in(client: FlaskClient, **options: Any) -> bool:
    return client.get("/sign-in", **options).status_code == 303


def csrf_token(html: str) -> str:
    """Of the first form of a page."""
    token: str = Page(html).form()["fields"]["csrf_token"]
    return token
