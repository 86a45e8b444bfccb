"""What is written for whoever runs the site, and what never is."""

import json
import logging

import pytest
from itsdangerous import URLSafeTimedSerializer

from backoffice.logs import REQUESTS, JsonLines, PlainLines, redacted
from tests.conftest import SECRET
from tests.factories import a_member, a_sent_quote, address_of

SIGNED = URLSafeTimedSerializer(SECRET, salt="invitation").dumps({"member": 3})


def record(message: str, **facts: object) -> logging.LogRecord:
    made = logging.LogRecord("gunicorn.error", logging.WARNING, "somewhere.py", 1, message, (), None)
    if facts:
        made.facts = facts
    return made


@pytest.mark.parametrize("lines", [PlainLines(), JsonLines()], ids=["text", "json"])
@pytest.mark.parametrize(
    "message",
    [
        "Invalid request GET {address}",
        "Error handling request {address}?x=1",
        "GET https://devis.example{address}/sign HTTP/1.1",
        "reset with {signed}",
        "GET /invitation/{signed}",
        "b'{address}'",
    ],
)
def test_no_line_holds_what_opens_a_page(app, lines, message):
    _, link = a_sent_quote()
    address = address_of(link).partition("localhost")[2] or address_of(link)
    written = lines.format(record(message.format(address=address, signed=SIGNED)))
    token = address.rpartition("/")[2]
    assert token not in written
    assert token.rpartition(".")[2] not in written
    assert SIGNED not in written
    assert "[…]" in written


@pytest.mark.parametrize(
    "words", ["Quote D2026-0042 v2.1 for backoffice.quotes.views", "mail 12: 5.7.1 relaying denied", "/p/fr/"]
)
def test_what_is_no_key_stays(words):
    assert redacted(words) == words


def test_a_line_for_programs_is_one_object_with_its_facts():
    line = json.loads(JsonLines().format(record("two\nlines “œ”", status=200, page="quotes.index")))
    assert line["message"] == "two\nlines “œ”"
    assert (line["level"], line["status"], line["page"]) == ("warning", 200, "quotes.index")
    assert line["at"].endswith("+00:00")


def test_a_request_is_told_by_its_page_and_its_person_never_by_its_path(app, signed_in, client, caplog):
    _, link = a_sent_quote()
    member = a_member(email="other@atelier-duval.example")
    with caplog.at_level(logging.INFO, logger=REQUESTS.name):
        client.get(address_of(link))
        answer = signed_in(member).get("/quotes?after=abc")
    told = [record.facts for record in caplog.records if record.name == REQUESTS.name]
    assert [(each["page"], each["status"], each["member"]) for each in told] == [
        ("portal.show", 200, None),
        ("quotes.index", 200, member),
    ]
    assert told[1]["request"] == answer.headers["X-Request-ID"]
    assert all(0 <= each["ms"] < 60_000 for each in told)
    assert address_of(link).rpartition("/")[2] not in str([record.__dict__ for record in caplog.records])
