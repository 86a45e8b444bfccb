"""Every field of every form × what nobody should send: a clear answer, never an error of ours, and nothing lost that was typed."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, quote_plus

import pytest

from backoffice import access
from backoffice.links.tokens import link_address
from backoffice.staff.models import Role
from tests import factories
from tests.conftest import closed, reader_of
from tests.factories import a_sent_quote, address_of, everything
from tests.house import a_house, addresses, portal_addresses, posting_forms, rules, token_of
from tests.reader import Page
from wsgi import create_app

ANSWERS = {200, 303, 403, 404, 409, 410, 413, 422, 429}
VALUES = {
    "empty": "", "blank": "   ", "unbroken word of 10 kB": "x" * 10_000, "too large": "1e309", "negative": "-1", "NaN": "NaN",
    "control": "a\x07\x1b[31mb", "NUL": "a\x00b", "bidi override": "Claire\u202egro.elpmaxe", "emoji": "🪵🛠️", "half a character": "\ud83e",
    "wrong VAT number": "FR00000000000", "another id": "999999999", "huge id": "9" * 30, "markup": "<script>alert(1)</script>'\"--",
    "template": "{{ 7*7 }}", "line ends": "a\r\nBcc: all@example.com\r\n\r\nb", "superscript digit": "²", "full-width digit": "１２",
}  # fmt: skip
TOKENS = {"csrf_token", "token"}
SINGLY = {"empty", "NUL", "too large", "huge id", "half a character"}
"""Sent in each field by itself; the others in all fields at once."""


def encoded(fields: dict[str, str], changed: dict[str, str]) -> bytes:
    """Half characters as the invalid UTF-8 that a broken program would send."""
    pairs = (fields | changed).items()
    return "&".join(
        f"{quote_plus(name)}={quote_plus(value, errors='surrogatepass')}" for name, value in pairs
    ).encode()


def bodies(fields: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    names = [name for name in fields if name not in TOKENS]
    for label, value in VALUES.items():
        yield f"{label} everywhere", encoded(fields, dict.fromkeys(names, value))
    for name in names:
        others = {key: each for key, each in fields.items() if key != name}
        yield f"{name} missing", encoded(others, {})
        yield f"{name} twice", encoded(fields, {}) + b"&" + encoded({name: "x"}, {})
        yield f"{name} in invalid UTF-8", encoded(others, {}) + f"&{quote_plus(name)}=%ff%fe%80".encode()
        for label in SINGLY:
            yield f"{name} {label}", encoded(fields, {name: VALUES[label]})


def forgotten(html: str, action: str, body: bytes) -> list[str]:
    """Fields of the form that came back which do not show what was typed in them, blanks and ends of lines aside."""
    form = next(
        (form for form in Page(html).forms if form["action"] in {action, ""} and form["method"] == "post"),
        None,
    )
    typed = dict(reversed(parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="replace")))
    if form is None:  # a form of one button may go, nothing was typed in it
        return sorted(typed.keys() - TOKENS - {"revision"})
    return [
        name
        for name, shown in form["fields"].items()
        if name in typed and name not in form["unseen"] and not kept(typed[name], shown)
    ]


def kept(typed: str, shown: str) -> bool:
    """Halves of characters come back as the sign for an unreadable one, NUL not at all."""
    unreadable = "\x00" in typed or "\ufffd" in typed
    return unreadable or not typed.strip() or " ".join(shown.split()) == " ".join(typed.split())


def refusals(client, action: str, fields: dict[str, str]) -> list[tuple[str, object]]:
    """What was answered outside the named set, or without a sentence; everything else passed."""
    wrong: list[tuple[str, object]] = []
    for label, body in bodies(fields):
        try:
            answer = client.post(action, data=body, content_type="application/x-www-form-urlencoded")
        except Exception as error:  # noqa: BLE001 - any at all is what is looked for
            wrong.append((label, repr(error)[:200]))
            continue
        if answer.status_code not in ANSWERS or (
            answer.status_code >= 400 and "<h1" not in answer.text  # what it says is checked by the reader
        ):
            wrong.append((label, answer.status_code))
        if answer.status_code == 422 and (lost := forgotten(answer.text, action, body)):
            wrong.append((label, f"forgot what was typed: {lost}"))
        if "<script>alert(1)" in answer.text or ">49<" in answer.text:
            wrong.append((label, "markup of theirs in a page of ours"))
    return wrong


def test_no_field_of_the_back_office_can_hurt(app, signed_in):
    house = a_house()
    admin = signed_in(house.staff[Role.ADMIN])
    pages = [address for rule in rules(app, "GET") for address in addresses(app, rule, house.values)]
    forms: dict[str, tuple[str, dict[str, str]]] = {}
    for action, fields, _page in posting_forms(admin, pages):
        endpoint = app.url_map.bind("localhost").match(action, method="POST")[0]
        if endpoint != "staff.sign_out" and len(fields) > 1:
            forms.setdefault(endpoint, (action, fields))
    wrong = {
        endpoint: found
        for endpoint, (action, fields) in forms.items()
        if (found := refusals(admin, action, one_line(fields)))
    }
    assert wrong == {}
    assert len(forms) >= 5


def one_line(fields: dict[str, str]) -> dict[str, str]:
    """The second line of a ledger has the fields of the first."""
    return {
        name: value
        for name, value in fields.items()
        if not name.startswith("lines-") or name.startswith("lines-0-")
    }


def test_no_field_of_the_portal_can_hurt(app, client):
    _, link = a_sent_quote()
    for action, fields, _page in posting_forms(client, portal_addresses(app, token_of(link), language="en")):
        assert (
            refusals(client, action, fields | {"mention": "Agreed"}) == []
        )  # without consent: nothing is signed on the way


def test_a_sign_in_can_be_typed_anyhow(app, client):
    form = client.page("/sign-in").form("/sign-in")
    assert refusals(client, form["action"], form["fields"]) == []


def test_a_body_that_is_too_large_is_refused_with_a_sentence(client, app):
    _, link = a_sent_quote()
    answer = client.post(f"{address_of(link, 'en')}/sign", data={"name": "x" * 1_100_000})
    assert (answer.status_code, Page(answer.text).headings) == (413, ["This is too large"])


def test_no_address_can_hurt(app, signed_in):
    house = a_house()
    admin = signed_in(house.staff[Role.ADMIN])
    huge = {name: [10**12, 10**19, 10**40] for name in house.values}
    places = [
        address
        for method in ("GET", "POST")
        for rule in rules(app, method)
        if rule.arguments
        for address in addresses(app, rule, huge)
    ]
    asked = ("page", "before", "month", "pipeline", "client", "q", "next")
    values = (
        "0",
        "-1",
        "9" * 30,
        "NaN",
        "2026-13",
        "0000-00",
        "%00",
        "%ff%fe",
        "a" * 3000,
        "//elsewhere.example",
    )
    lists = [
        address
        for rule in rules(app, "GET")
        if not rule.arguments
        for address in addresses(app, rule, house.values)
    ]
    places += [
        f"{address}?{'&'.join(f'{name}={value}' for name in asked)}"
        for address in [*lists, "/sign-in"]
        for value in values
    ]
    wrong = []
    for place in places:
        try:
            status = admin.get(place).status_code
        except Exception as error:  # noqa: BLE001 - any at all is what is looked for
            status = repr(error)[:150]
        if status not in {200, 303, 404, 405}:
            wrong.append((place[:80], status))
    assert wrong == []


@pytest.mark.parametrize("role", [Role.REP, Role.ACCOUNTANT])
def test_what_belongs_to_another_rep_does_not_exist(app, signed_in, role):
    """Read or written, with an id of a colleague's deal: 404, and nothing changes."""
    house = a_house()
    if role is Role.REP:
        stranger = factories.a_member(Role.REP, email="autre@atelier-duval.example", name="Anne Le Gall")
    else:
        stranger = house.staff[Role.ACCOUNTANT]
    reader = signed_in(stranger)
    before = everything()
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            permission = access.permission_of(app, rule.endpoint)
            if not rule.arguments or (role is Role.ACCOUNTANT and role in access.PERMISSIONS[permission]):
                continue
            for address in addresses(app, rule, house.values):
                answer = reader.open(address, method=method)
                assert answer.status_code in ({404} if method == "GET" else {404, 422}), (
                    method,
                    address,
                    answer.status_code,
                )
                assert "Garage Le Goff" not in answer.text
                assert "Claire Moreau" not in answer.text
    assert everything() == before


def test_forms_work_behind_https_with_origin_and_without_cookies(app):
    _, link = a_sent_quote()
    keys = app.extensions["accord"].secret_keys
    secure = create_app(replace(app.extensions["accord"], public_url="https://devis.example.com"))
    try:
        reader = reader_of(secure)
        base = "https://devis.example.com"
        page = Page(reader.get(link_address(keys, "", link.nonce, "en") + "/sign", base_url=base).text)
        fields = page.form("/sign")["fields"] | {"mention": "Agreed", "consent": "y"}
        action = page.form("/sign")["action"]
        assert (
            reader.post(
                action, data=fields, base_url=base, headers={"Origin": "http://devis.example.com"}
            ).status_code
            == 403
        )
        answer = reader.post(
            action, data=fields, base_url=base, headers={"Origin": base, "Referer": f"{base}{action}"}
        )
        assert answer.status_code == 303
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        shown = reader.get("/sign-in", base_url=base)
        assert "Secure" in shown.headers["Set-Cookie"]
        assert "HttpOnly" in shown.headers["Set-Cookie"]
        form = Page(shown.text).form("/sign-in")
        typed = form["fields"] | {"email": "rep@atelier-duval.example", "password": factories.PASSWORD}
        entered = reader.post(
            form["action"], data=typed, base_url=base, headers={"Origin": base, "Referer": f"{base}/sign-in"}
        )
        assert (entered.status_code, entered.location) == (303, "/")
    finally:
        closed(secure)
