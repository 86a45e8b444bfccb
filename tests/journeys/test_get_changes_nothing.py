"""Whatever is opened, followed, looked ahead or scanned: GET and HEAD leave every table as it was."""

import re

import pytest

from backoffice.staff.models import Role
from tests.factories import address_of, everything
from tests.house import House, a_house, addresses, portal_addresses, rules, token_of
from tests.reader import Page, PageReader

MAY_CHANGE: dict[str, set[str]] = {}
"""Columns that a GET may write, by table: none."""


@pytest.fixture
def house(app) -> House:
    return a_house()


def opened_all(reader: PageReader, places: list[str]) -> set[int]:
    return {reader.open(place, method=method).status_code for place in places for method in ("GET", "HEAD")}


@pytest.mark.parametrize("role", Role)
def test_no_page_of_the_back_office_changes_anything_by_being_opened(app, signed_in, house, role):
    reader = signed_in(house.staff[role])
    before = everything()
    places = [place for rule in rules(app, "GET") for place in addresses(app, rule, house.values)]
    assert opened_all(reader, [*places, "/sign-in", "/catalogue/search?q=pose", "/clients/search?q=le"]) <= {
        200,
        202,
        303,
        404,
        409,
        503,
    }
    assert everything() == before


def test_no_page_of_the_portal_changes_anything_by_being_opened(app, client, house):
    before = everything()
    for link in (house.sent, house.signed):
        for language in ("fr", "en"):
            assert opened_all(client, portal_addresses(app, token_of(link), language=language)) <= {
                200,
                202,
                303,
                404,
                503,
            }
    assert everything() == before


def test_no_link_of_any_page_changes_anything_by_being_followed(app, client, house):
    before, seen, waiting = everything(), set(), [address_of(house.sent), address_of(house.signed)]
    while waiting:
        place = waiting.pop()
        if place in seen or not place.startswith("/p/"):
            continue
        seen.add(place)
        answer = client.get(place)
        assert answer.status_code in {200, 202, 303, 503}, place
        if answer.mimetype == "text/html":
            waiting += [link.partition("#")[0] for link in Page(answer.text).links]
    assert len(seen) >= 10
    assert everything() == before


def test_no_link_of_any_mail_changes_anything_by_being_scanned(app, client, signed_in, house):
    """Mail programs and virus scanners open every link before a reader does."""
    reader = signed_in(house.staff[Role.ADMIN])
    before = everything()
    found = set()
    for mail in house.values["mail_id"]:
        found |= set(
            re.findall(r'href="(?:http://localhost)?(/[^"#]*)', reader.get(f"/mail/{mail}/html").text)
        )
    portal = {place for place in found if place.startswith("/p/")}
    assert portal
    for place in found:
        for method in ("GET", "HEAD"):
            assert client.open(place, method=method).status_code in {200, 202, 303, 503}, place
    assert everything() == before
