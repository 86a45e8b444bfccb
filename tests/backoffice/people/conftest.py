from collections.abc import Callable

import pytest
from flask import Flask

from backoffice.staff.models import Role
from tests.factories import a_member, a_seller
from tests.reader import PageReader


@pytest.fixture
def anne(app: Flask) -> int:
    """The only administrator."""
    a_seller()
    return a_member(Role.ADMIN, email="anne@atelier-duval.example", name="Anne Duval", language="en")


@pytest.fixture
def admin(anne: int, signed_in: Callable[..., PageReader]) -> PageReader:
    return signed_in(anne)


@pytest.fixture
def client(client: PageReader) -> PageReader:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client
