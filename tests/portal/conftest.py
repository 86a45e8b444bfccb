import pytest

from backoffice.links.models import ClientLink
from tests.factories import a_sent_quote


@pytest.fixture
def link(app) -> ClientLink:
    return a_sent_quote()[1]
