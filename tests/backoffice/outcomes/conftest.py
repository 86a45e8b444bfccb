"""A rep with a deal, signed in."""

import pytest

from tests.factories import a_member, an_opportunity


@pytest.fixture
def rep(app):
    return a_member(email="rep@atelier-duval.example")


@pytest.fixture
def deal(rep):
    return an_opportunity(owner=rep)


@pytest.fixture
def reader(signed_in, rep):
    return signed_in(rep)
