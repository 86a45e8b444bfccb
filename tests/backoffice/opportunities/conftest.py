"""A rep with a deal, signed in."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.factories import a_member, an_opportunity
from tests.reader import PageReader


@pytest.fixture
def rep(app: Flask) -> int:
    return a_member(email="rep@atelier-duval.example")


@pytest.fixture
def deal(rep: int) -> int:
    return an_opportunity(owner=rep)


@pytest.fixture
def reader(signed_in: Callable[[int], PageReader], rep: int) -> PageReader:
    return signed_in(rep)
