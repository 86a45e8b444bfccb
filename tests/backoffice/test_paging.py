"""Long lists: every row once, in order, whichever way one walks, also while rows come and go."""

import base64
import json

import pytest
import sqlalchemy as sa

from backoffice.clients.models import Client
from backoffice.db import db
from backoffice.paging import Ordering, Page, Place, page_of
from tests.factories import a_client, a_member

BY_NAME = Ordering((Client.name, Client.id))
NEWEST = Ordering((Client.created_at, Client.id), descending=True)
NAMES = ["Bois", "Chêne", "Bois", "Aulne", "Érable", "Bois", "Frêne"]


@pytest.fixture
def named(app) -> list[int]:
    owner = a_member()
    return [a_client(owner, name=name) for name in NAMES]


def turned(ordering: Ordering, address: dict[str, str] | None, size: int = 2) -> Page:
    found = sa.select(Client.name, Client.id)
    return page_of(db.session(), found, ordering, Place.read(address or {}, ordering), size=size)


def forward(ordering: Ordering) -> list[list[tuple[str, int]]]:
    pages = [turned(ordering, None)]
    while pages[-1].following:
        pages.append(turned(ordering, pages[-1].following))
    return [[tuple(row) for row in page.rows] for page in pages]


@pytest.mark.parametrize("ordering", [BY_NAME, NEWEST], ids=["by name", "newest first"])
def test_every_row_is_on_one_page_and_the_way_back_shows_the_same_pages(named, ordering):
    there = forward(ordering)
    whole = [tuple(row) for row in turned(ordering, None, size=len(NAMES)).rows]
    assert [row for rows in there for row in rows] == whole
    assert {key for _name, key in whole} == set(named)
    assert [len(rows) for rows in there] == [2, 2, 2, 1]
    page = turned(ordering, None)
    while page.following:
        page = turned(ordering, page.following)
    back = [[tuple(row) for row in page.rows]]
    while page.previous:
        page = turned(ordering, page.previous)
        back.append([tuple(row) for row in page.rows])
    assert [row for rows in reversed(back) for row in rows] == whole
    assert page.previous is None


def test_a_list_that_fits_on_a_page_has_no_neighbours(named):
    page = turned(BY_NAME, None, size=len(NAMES))
    assert (page.previous, page.following) == (None, None)


def test_a_row_added_meanwhile_shifts_nothing(named):
    first = turned(BY_NAME, None)
    expected = [tuple(row) for row in turned(BY_NAME, first.following).rows]
    a_client(a_member(email="other@atelier-duval.example"), name="Acacia")
    assert [tuple(row) for row in turned(BY_NAME, first.following).rows] == expected


def test_a_page_beyond_the_last_row_is_the_start(named):
    beyond = base64.urlsafe_b64encode(json.dumps(["\uffff", 1]).encode()).decode()
    assert turned(BY_NAME, {"after": beyond}).rows == turned(BY_NAME, None).rows


@pytest.mark.parametrize(
    "key",
    [
        "null",
        "[]",
        '["Bois"]',
        '["Bois", "1"]',
        '["Bois", true]',
        '["Bois", 1e999]',
        '["Bo\\u0000is", 1]',
        f'["Bois", {2**63}]',
        "[" * 400,
        '{"a": 1}',
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    ],
)
def test_a_place_that_nobody_gave_out_is_the_start(named, key):
    forged = base64.urlsafe_b64encode(key.encode()).decode()
    assert turned(BY_NAME, {"after": forged}).rows == turned(BY_NAME, None).rows
    assert turned(BY_NAME, {"before": key}).rows == turned(BY_NAME, None).rows


def test_a_moment_without_its_zone_is_no_place(named):
    forged = base64.urlsafe_b64encode(b'["2026-11-22T10:00:00", 3]').decode()
    assert turned(NEWEST, {"after": forged}).rows == turned(NEWEST, None).rows
