"""Closed by default: every route of the program, whoever wrote it, is asked the same questions."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest

from backoffice import access, clock
from backoffice.clients.models import Standing
from backoffice.links.tokens import link_address
from backoffice.staff.models import Role
from tests.factories import (
    PASSWORD,
    SELDOM_SHOWN,
    TAKEN_APART,
    TYPED_IN,
    a_client,
    a_sent_quote,
    a_signed_quote,
    address_of,
    an_opportunity,
    another_recipient,
    everything,
    order_of,
    somebody,
)
from tests.files import PDF
from tests.house import (
    addresses,
    portal_addresses,
    posting_forms,
    revoked,
    rules,
    soon_expired,
    token_of,
)

Found = tuple[str, dict[str, str]]
ENDINGS = {"answers.refuse": 0, "acceptances.record": 1, "answers.withdraw": -1, "notices.open_one": 0}
"""Which of the quotes of the house is ended by which act, and which notice is opened: something is left to the others."""
EARLY = {
    "answers.reply",
    "answers.refuse",
    "answers.withdraw",
    "acceptances.record",
    "notices.open_one",
    "price_lists.add",
    "price_lists.change",
    "discounts.change",
    "pricing.take",
}
"""Taken before another version answers for the rep, a deal is given up, products and the reasons are put away, all is read."""
TOKENS = {"csrf_token", "token"}
ONLY_IN_A_DEMONSTRATION = {"demonstration.load", "demonstration.remove"}
"""Their forms do not stand among real data; tests/backoffice/test_demonstration_in_settings.py asks them."""
SENT_BY_SCRIPTS = {"lines.save_row", "ledger.change_arrangement"}
"""No page holds a form for them; tests/backoffice/ledger sends what a script does, without a token too."""
FORGED = {
    "made up": lambda _token: "AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "signature of another": lambda token: "AAAAAAAAAAAAAAAAAAAAAA." + token.partition(".")[2],
    "no signature": lambda token: token.partition(".")[0],
    "one character more": lambda token: token + "A",
    "other case": lambda token: token.swapcase(),
    "not ASCII": lambda _token: "jeton-é-\N{SNOWMAN}",
    "very long": lambda _token: "a" * 5000,
}


def test_every_route_says_who_may_open_it(app):
    assert access.undeclared(app) == []


def test_a_stranger_is_sent_to_the_sign_in_page_and_nothing_happens(app, client, house):
    before = everything()
    for method in ("GET", "HEAD", "POST"):
        for rule in rules(app, method):
            for address in addresses(app, rule, house.values)[:1]:
                answer = client.open(address, method=method)
                assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in"), (
                    method,
                    address,
                )
    assert everything() == before


def test_every_portal_route_hangs_on_a_token(app):
    assert [rule.rule for rule in rules(app, "GET", portal=True) if "<token>" not in rule.rule] == []
    assert [rule.rule for rule in rules(app, "POST", portal=True) if "<token>" not in rule.rule] == []


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_and_an_unknown_token_look_the_same(app, client, forge):
    _, link = a_sent_quote()
    unknown = link_address(app.extensions["accord"].secret_keys, "", b"0123456789abcdef", "fr").rpartition(
        "/"
    )[2]
    for method in ("GET", "POST"):
        for known, stranger in zip(
            portal_addresses(app, unknown, method),
            portal_addresses(app, forge(token_of(link)), method),
            strict=True,
        ):
            answers = [client.open(address, method=method) for address in (known, stranger)]
            assert [answer.status_code for answer in answers] == [404, 404], (method, stranger)
            assert answers[0].data == answers[1].data


@pytest.mark.parametrize("closing", [soon_expired, revoked])
def test_a_dead_link_says_so_on_every_page(app, client, closing):
    _, link = a_sent_quote()
    closing(link)
    before = everything()
    for method in ("GET", "HEAD", "POST"):
        for address in portal_addresses(app, token_of(link), method):
            assert client.open(address, method=method).status_code == 410, (method, address)
    assert everything() == before


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_address_in_a_mail_is_answered_by_the_portal(app, client, language):
    _, link = a_sent_quote()
    address = link_address(app.extensions["accord"].secret_keys, "http://localhost", link.nonce, language)
    page = client.page(address.removeprefix("http://localhost"))
    assert (page.language, page.headings) == (language, ["Bibliothèque sur mesure"])


@pytest.mark.slow
def test_every_form_of_the_back_office_is_taken_with_its_token_and_with_no_other(app, signed_in, house):
    reader = signed_in(house.staff[Role.ADMIN])
    pages = [
        address
        for rule in rules(app, "GET")
        if not rule.endpoint.startswith("today.")  # its forms stand on other pages too
        for address in addresses(app, rule, house.values)
    ]
    not_billed = order_of(a_signed_quote(an_opportunity(house.staff[Role.REP]))[2])
    pages.append(f"/orders/{not_billed}")
    billed_in_parts = order_of(a_signed_quote(an_opportunity(house.staff[Role.REP]))[2])
    pages.append(f"/orders/{billed_in_parts}/part-invoice")
    twice = a_client(house.staff[Role.REP], Standing.PROFESSIONAL)
    pages.insert(
        0, f"/clients/{house.values['client_id'][0]}/merge?with={twice}"
    )  # before anybody is archived
    at = app.url_map.bind("localhost")

    def filled(pages: list[str]) -> dict[str, tuple[str, dict[str, str]]]:
        """Page and fields of each form that these pages hold, by where it is sent."""
        return {
            action: (page, fields | TYPED_IN.get(at.match(action, method="POST")[0], {}))
            for action, fields, page in posting_forms(reader, pages)
        }

    forms = filled(pages)
    reached = {at.match(action, method="POST")[0] for action in forms}
    wanted = {rule.endpoint for rule in rules(app, "POST")}
    wanted -= SELDOM_SHOWN | ONLY_IN_A_DEMONSTRATION | SENT_BY_SCRIPTS
    assert wanted <= reached, f"no page holds a form for {wanted - reached}"
    before = everything()
    for action, (_page, fields) in forms.items():
        for forged in ({}, {"csrf_token": "x"}):
            bare = {name: value for name, value in fields.items() if name not in TOKENS}
            assert reader.post(action, data=bare | forged).status_code == 422, action
    assert everything() == before
    forms = in_order(forms, lambda action: at.match(action, method="POST")[0])
    last = [
        action for action in forms if action.endswith("/discard")
    ]  # what is put away can no longer be issued
    for action in [*last, "/sign-out"]:  # nothing at all is taken after signing out
        forms[action] = forms.pop(action)
    taken = set()
    for action, (page, _fields) in forms.items():
        if at.match(action, method="POST")[0] in TAKEN_APART:
            continue
        now = filled([page]).get(action)  # as it stands now: others of the same deal were taken before
        if now is None:
            continue  # one of these left nothing to do here
        endpoint = at.match(action, method="POST")[0]
        fields = now[1] | ({"files": (BytesIO(PDF), "plan.pdf")} if endpoint == "files.add" else {})
        assert reader.post(action, data=fields).status_code == 303, action
        if action.endswith("/present"):  # the browser is in a client's hands now
            assert reader.submit("/tablet", {"password": PASSWORD}, "/tablet").status_code == 303
        taken.add(endpoint)
    assert taken | set(TAKEN_APART) >= wanted


def in_order(forms: dict[str, Found], endpoint_of: Callable[[str], str]) -> dict[str, Found]:
    """What ends a quote takes one, and leaves the others to the other acts; what another act would spoil comes first."""
    kept = dict(forms)
    for ending, quote in ENDINGS.items():
        every = [action for action in forms if endpoint_of(action) == ending]
        for action in every:
            if action != every[quote]:
                del kept[action]
    early = [action for action in kept if endpoint_of(action) in EARLY]
    return {action: kept[action] for action in [*early, *kept]}


def test_no_form_of_the_portal_is_taken_without_its_own_token_or_from_elsewhere(app, client):
    _, lapsed = a_sent_quote(at=clock.now() - timedelta(days=45))
    late = token_of(lapsed)
    quote, link = a_sent_quote(an_opportunity(somebody(), title="Terrasse"))
    (colleague,) = another_recipient(quote, link, 1)
    at = app.url_map.bind("localhost")
    forms = {
        at.match(action, method="POST")[0]: (action, fields)
        for token in (token_of(link), late)
        for action, fields, _page in posting_forms(client, portal_addresses(app, token))
    }
    foreign = posting_forms(client, portal_addresses(app, token_of(colleague)))[0][1]["token"]
    assert {rule.endpoint for rule in rules(app, "POST", portal=True)} == set(forms)
    for act in ("portal.request_them", "portal.sign_now", "portal.renew", "portal.refuse_now"):
        action, fields = forms.pop(act)
        if act == "portal.refuse_now":  # of another quote: one is signed by now
            _, link = a_sent_quote(an_opportunity(somebody(), title="Bar"))
            action, fields, _ = posting_forms(client, [f"{address_of(link)}/refuse"])[0]
        before = everything()
        filled = fields | {"mention": "Bon pour accord", "consent": "y", "text": "En chêne", "reason": "1"}
        bare = {name: value for name, value in filled.items() if name not in TOKENS}
        assert client.post(action, data=bare).status_code == 422
        assert client.post(action, data=bare | {"token": "x"}).status_code == 422
        assert client.post(action, data=bare | {"token": foreign}).status_code == 422
        for origin in ("https://elsewhere.example", "null", "http://localhost.elsewhere.example"):
            assert client.post(action, data=filled, headers={"Origin": origin}).status_code == 403
        assert everything() == before
        assert client.post(action, data=filled, headers={"Origin": "http://localhost"}).status_code == 303
    assert not forms


@pytest.mark.slow
def test_every_answer_carries_the_headers_of_the_house(app, client, signed_in, house):
    admin = signed_in(house.staff[Role.ADMIN])
    pages = [address for rule in rules(app, "GET") for address in addresses(app, rule, house.values)]
    answers = [admin.get(address) for address in [*pages, "/sign-in", "/health", "/nowhere"]]
    answers += [
        admin.post(address)
        for rule in rules(app, "POST")
        for address in addresses(app, rule, house.values)[:1]
    ]
    portal = [
        client.get(address)
        for link in (house.sent, house.anew, house.signed)
        for address in portal_addresses(app, token_of(link))
    ]
    portal += [
        client.post(address_of(house.sent) + "/sign"),
        client.post(address_of(house.sent)),
        client.get("/p/fr/forged"),
        client.get("/p/de/forged/sign"),
    ]
    for answer in answers + portal:
        headers, where = answer.headers, (answer.request.path, answer.status_code)
        assert "default-src 'none'" in headers["Content-Security-Policy"], where
        assert "unsafe-inline" not in headers["Content-Security-Policy"], where
        assert headers["X-Content-Type-Options"] == "nosniff", where
        assert headers["Referrer-Policy"] == "same-origin", where
        kept = "private, max-age=31536000, immutable" if "/catalogue/images/" in where[0] else "no-store"
        assert headers["Cache-Control"] == kept, where
        assert re.search(r"frame-ancestors '(none|self)'", headers["Content-Security-Policy"]), where
    for answer in portal:
        where = (answer.request.path, answer.status_code)
        assert "Set-Cookie" not in answer.headers, where
        if answer.request.path.startswith("/p/"):
            assert "noindex" in answer.headers["X-Robots-Tag"], where
    assert {answer.status_code for answer in answers} <= {
        200,
        202,
        303,
        404,
        409,
        422,
        503,
    }  # a paper that nobody renders in this test is late by now
