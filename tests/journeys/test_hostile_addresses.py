"""Addresses that nobody was given: made up, a colleague's, or of another site."""

from dataclasses import replace

import pytest

from backoffice import access
from backoffice.links.tokens import link_address
from backoffice.staff.models import Role
from tests import factories
from tests.conftest import closed, reader_of
from tests.factories import a_sent_quote, everything
from tests.house import addresses, rules
from tests.reader import Page
from wsgi import create_app

CATALOGUE = frozenset(
    {
        "product_id", "digest", "family_id", "rate_id", "price_list_id", "entry_id", "price_id", "group_id",
        "discount_id",
    }
)  # fmt: skip


@pytest.mark.slow
def test_no_address_can_hurt(app, signed_in, house):
    admin = signed_in(house.staff[Role.ADMIN])
    huge = {
        name: known if isinstance(known[0], str) else [10**12, 10**19, 10**40]  # of words there are no others
        for name, known in house.values.items()
    }
    places = [
        address
        for method in ("GET", "POST")
        for rule in rules(app, method)
        if rule.arguments
        for address in addresses(app, rule, huge)
    ]
    asked = ("page", "before", "after", "month", "first", "last", "pipeline", "client", "q", "next")
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


@pytest.mark.slow
@pytest.mark.parametrize("role", [Role.REP, Role.ACCOUNTANT])
def test_what_belongs_to_another_rep_does_not_exist(app, signed_in, house, role):
    """Read or written, with an id of a colleague's deal: 404, and nothing changes."""
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
            if CATALOGUE & rule.arguments:
                continue  # the catalogue and its prices are everybody's who sells
            own = "section" in rule.arguments and role is Role.REP  # of today's work
            found = {200} if own else {404}
            for address in addresses(app, rule, house.values):
                answer = reader.open(address, method=method)
                assert answer.status_code in (found if method == "GET" else {404, 422}), (
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
