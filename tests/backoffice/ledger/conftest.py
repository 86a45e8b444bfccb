"""A rep with a deal of two lines, signed in, and what a script sends for it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.factories import a_line, a_member, an_opportunity, stored_deal
from tests.reader import Page, PageReader


@pytest.fixture
def rep(app: Flask) -> int:
    return a_member(email="rep@atelier-duval.example", name="Julien Duval")


@pytest.fixture
def deal(rep: int) -> int:
    return an_opportunity(owner=rep, lines=[a_line("Plateau", "2", "100"), a_line("Pose", "3", "50")])


@pytest.fixture
def reader(signed_in: Callable[[int], PageReader], rep: int) -> PageReader:
    return signed_in(rep)


class Script:
    """What static/js/lines.js sends."""

    def __init__(self, reader: PageReader, deal: int) -> None:
        self.reader, self.deal = reader, deal
        self.token = reader.page(f"/opportunities/{deal}").form("/lines")["fields"]["csrf_token"]

    def row(self, place: int = 0) -> dict[str, str]:
        """As the fields of a row stand now."""
        fields = self.reader.page(f"/opportunities/{self.deal}").form("/lines")["fields"]
        line = stored_deal(self.deal).lines[place]
        names = ("name", "description", "quantity", "unit_price", "discount", "vat")
        row = {name: fields[f"lines-{place}-{name}"] for name in names if f"lines-{place}-{name}" in fields}
        return row | {"revision": str(line.revision)}

    def save(self, place: int, typed: dict[str, str], row: dict[str, str] | None = None) -> Any:
        line = stored_deal(self.deal).lines[place]
        return self._post(f"/lines/{line.uuid}/row", (row or self.row(place)) | typed)

    def arrange(self, act: str, **values: object) -> Any:
        return self._post(f"/opportunities/{self.deal}/lines/arrangement", {"act": act} | values)

    def _post(self, address: str, values: dict[str, Any]) -> Any:
        given = {"csrf_token": self.token, "language": "fr"} | {
            key: str(each) for key, each in values.items()
        }
        return self.reader.post(address, data=given)


@pytest.fixture
def script(reader: PageReader, deal: int) -> Script:
    return Script(reader, deal)


def complaints(answer: Any) -> str:
    return Page(answer.text).text
