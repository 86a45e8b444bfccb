"""A rep with the back office open."""

import pytest

from tests.factories import a_member, a_seller
from tests.reader import PageReader


@pytest.fixture
def rep(app) -> int:
    a_seller()
    return a_member()


@pytest.fixture
def reader(signed_in, rep) -> PageReader:
    browser: PageReader = signed_in(rep)
    return browser
