"""Whatever is opened, followed, looked ahead or scanned: GET and HEAD leave every table as it was."""

import re

import pytest

from backoffice import access
from backoffice.staff.models import Role
from tests.factories import address_of, everything
from tests.house import addresses, portal_addresses, rules, token_of
from tests.reader import Page, PageReader


def opened_all(reader: PageReader, places: list[str]) -> dict[str, int]:
    """How each answered; HEAD as GET, right after it: a paper that nobody makes is late in the end."""
    answers = {place: (reader.get(place).status_code, reader.head(place).status_code) for place in places}
    assert {place: both for place, both in answers.items() if both[0] != both[1]} == {}
    return {place: status for place, (status, _of_head) in answers.items()}


def meant(place: str) -> set[int]:
    """How a page answers who may open it."""
    if place.endswith(".pdf"):
        return {202, 404, 503}  # in this test nobody makes papers
    if place.endswith(
        ("/send", "/present", "/leave", "/reply", "/withdraw", "/refusal", "/acceptance", "/credit-note")
    ):
        return {200, 409}
    if place.endswith("/end"):  # a deal that has ended
        return {200, 303}
    if place.startswith(("/jobs/", "/imports/")):
        return {200, 303, 404}  # on to the table that was read; nothing was made of it yet
    if "/recovery-codes" in place:  # shown only just after they were made
        return {303}
    return {303} if re.fullmatch(r"/|/quotes/\d+|/sign-in", place) else {200}


@pytest.mark.slow
@pytest.mark.parametrize("role", Role)
def test_no_page_of_the_back_office_changes_anything_by_being_opened(app, signed_in, house, role):
    reader = signed_in(house.staff[role])
    before = everything()
    places, may_open = ["/sign-in", "/catalogue/search?q=pose", "/clients/search?q=le"], {"/sign-in"}
    for rule in rules(app, "GET"):
        here = addresses(app, rule, house.values)
        places += here
        is_theirs = role is Role.ADMIN or "job_id" not in rule.arguments  # who started a job follows it
        if is_theirs and role in access.PERMISSIONS[access.permission_of(app, rule.endpoint)]:
            may_open |= set(here)
    answers = opened_all(reader, places)
    wrong = {
        place: status
        for place, status in answers.items()
        if status not in (meant(place) if place.partition("?")[0] in may_open else {404})
    }
    assert wrong == {}
    assert reader.get("/sign-in").location == "/"
    assert everything() == before


@pytest.mark.slow
def test_no_page_of_the_portal_changes_anything_by_being_opened(app, client, house):
    before = everything()
    links = ((house.sent, 200, 303, 404), (house.signed, 303, 200, 404), (house.anew, 200, 303, 200))
    for link, sign, signed, compared in links:
        for language in ("fr", "en"):
            answers = opened_all(client, portal_addresses(app, token_of(link), language=language))
            page = address_of(link, language)
            assert [answers.pop(page + path) for path in ("", "/sign", "/signed")] == [200, sign, signed]
            assert [answers.pop(page + path) for path in ("/changes", "/refuse")] == [sign, sign]
            assert [answers.pop(page + path) for path in ("/changes/sent", "/refused")] == [303, 303]
            assert answers.pop(f"{page}/changes-since/1") == compared
            assert answers.pop(f"{page}/choice") == 303
            assert answers.pop(f"{page}/images/{'0' * 64}") == 404
            assert {place for place in answers if not place.endswith(".pdf")} == set()
            assert set(answers.values()) <= {202, 404, 503}
    assert everything() == before


def test_no_link_of_any_page_changes_anything_by_being_followed(app, client, house):
    before, seen = everything(), set()
    waiting = [address_of(link) for link in (house.sent, house.anew, house.signed)]
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
