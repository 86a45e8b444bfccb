"""Every way out of a browser that is held out to a client, tried."""

import pytest
import sqlalchemy as sa

from backoffice import access
from backoffice.db import db
from backoffice.staff.models import FailureCounter, Role, StaffSession
from backoffice.staff.throttle import PER_LENT_BROWSER
from backoffice.work import unit_of_work
from tests.factories import PASSWORD, TYPED_IN, address_of, everything
from tests.house import addresses, posting_forms, rules
from tests.reader import Page
from tests.signing import csrf_token

LOCKED = "Cette tablette présente un devis"


def lend(house, role=Role.REP):
    """What ``present`` does to the session of this role's browser."""
    with unit_of_work() as session:
        session.execute(
            sa.update(StaffSession)
            .where(StaffSession.staff_id == house.staff[role])
            .values(lent_at=sa.func.current_timestamp(), lent_link_id=house.sent.id)
        )


def stored(but: str = "") -> dict[str, list[tuple[object, ...]]]:
    """All tables; the look is over before the next request."""
    found = {name: rows for name, rows in everything().items() if name != but}
    db.session.rollback()
    return found


def is_lock_page(answer) -> bool:
    return answer.status_code == 403 and Page(answer.text).headings == [LOCKED]


@pytest.mark.slow
def test_every_address_of_the_back_office_answers_the_lock_page_and_nothing_is_written(app, signed_in, house):
    reader = signed_in(house.staff[Role.ADMIN])
    at = app.url_map.bind("localhost")
    pages = [addresses(app, rule, house.values)[0] for rule in rules(app, "GET")]
    acts = {addresses(app, rule, house.values)[0]: {} for rule in rules(app, "POST")}
    for action, fields, _page in posting_forms(
        reader, pages
    ):  # with the token of a page that was open before
        acts[action] = fields | TYPED_IN.get(at.match(action, method="POST")[0], {})
    lend(house, Role.ADMIN)
    before = stored()
    for address in [*pages, "/sign-in", "/sign-in?next=/quotes"]:
        assert is_lock_page(reader.get(address)), address
        assert reader.head(address).status_code == 403, address
    for address, fields in (acts | {"/sign-out": {}, "/sign-in": {}}).items():
        assert is_lock_page(reader.post(address, data=fields)), address
        assert is_lock_page(reader.post(address, json=fields)), address
    assert stored() == before


def test_every_open_page_is_shut_unless_it_was_thought_about(app, signed_in, house):
    """Also one that is added later for people without an account or a password."""
    reader = signed_in(house.staff[Role.REP])
    lend(house)
    for rule in app.url_map.iter_rules():
        if not access.is_open(rule.endpoint) or access.stays_open(rule.endpoint) or rule.arguments:
            continue
        for method in rule.methods & {"GET", "POST"}:
            assert is_lock_page(reader.open(rule.rule, method=method)), rule.rule
    of_the_portal = {"brand", "logo", "staff.photo"}  # the photo is named by what is in it
    of_a_monitor = {"health", "health_of_worker"}
    assert of_the_portal | of_a_monitor | {"presentations.lent", "presentations.take_back"} == access.LENT


def test_the_lock_page_names_nothing_of_the_back_office(signed_in, house):
    reader = signed_in(house.staff[Role.REP])
    lend(house)
    page = Page(reader.get("/opportunities").text)
    assert page.text.split("Accord", 1)[1].strip() == (
        "Cette tablette présente un devis Julien Duval, saisissez votre mot de passe pour reprendre votre travail. "
        "Mot de passe Reprendre mon travail Revenir au devis"
    )
    assert page.links == ["http://localhost" + address_of(house.sent)]
    assert [form["action"] for form in page.forms] == ["/tablet"]
    assert 'autocomplete="current-password"' not in reader.get("/opportunities").text


def test_unknown_addresses_and_wrong_methods_tell_nothing_either(signed_in, house):
    reader = signed_in(house.staff[Role.REP])
    lend(house)
    for answer in (
        reader.get("/nowhere"),
        reader.post("/quotes"),
        reader.put("/quotes"),
        reader.get("/quotes/"),
    ):
        assert answer.status_code in {403, 404, 405}
        assert "Menu principal" not in answer.text
        assert "Julien" not in answer.text or is_lock_page(answer)


def test_the_client_reads_and_signs_meanwhile_and_the_portal_sets_no_cookie(signed_in, house):
    reader = signed_in(house.staff[Role.REP])
    lend(house)
    answer = reader.get(address_of(house.sent))
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_the_password_leads_back_to_the_deal(signed_in, house):
    reader = signed_in(house.staff[Role.REP])
    lend(house)
    answer = reader.submit("/tablet", {"password": PASSWORD}, "/tablet")
    assert answer.status_code == 303
    assert answer.location.startswith("/opportunities/")
    assert "Comptoir" in reader.page(answer.location.partition("#")[0]).headings[0]
    assert reader.get("/tablet").location == "/"


@pytest.mark.parametrize(
    "password", ["", "wrong-and-long-enough", PASSWORD.upper(), f"{PASSWORD} ", "x" * 100_000, "\x00"]
)
def test_no_other_password_does(signed_in, house, password):
    reader = signed_in(house.staff[Role.REP])
    lend(house)
    before = stored(but=FailureCounter.__tablename__)
    answer = reader.submit("/tablet", {"password": password}, "/tablet")
    assert answer.status_code == 422
    assert stored(but=FailureCounter.__tablename__) == before
    assert is_lock_page(reader.get("/opportunities"))


def test_nor_does_the_password_of_a_colleague(app, signed_in, house):
    from backoffice.staff import security  # noqa: PLC0415
    from backoffice.staff.models import StaffMember  # noqa: PLC0415

    other = security.hashed("another-password-of-a-colleague")
    with unit_of_work() as session:
        session.execute(
            sa.update(StaffMember).where(StaffMember.id == house.staff[Role.ADMIN]).values(password=other)
        )
    reader = signed_in(house.staff[Role.REP])
    lend(house)
    answer = reader.submit("/tablet", {"password": "another-password-of-a-colleague"}, "/tablet")
    assert (answer.status_code, is_lock_page(reader.get("/"))) == (422, True)


def test_the_password_without_the_token_of_the_page_opens_nothing(signed_in, house):
    reader = signed_in(house.staff[Role.REP])
    lend(house)
    for forged in ({}, {"csrf_token": "x"}):
        assert reader.post("/tablet", data={"password": PASSWORD} | forged).status_code == 422
    assert is_lock_page(reader.get("/"))


def test_guessing_is_slowed_down_and_the_right_password_has_to_wait_too(signed_in, house):
    reader = signed_in(house.staff[Role.REP])
    lend(house)
    token = csrf_token(reader.get("/tablet").text)
    guesses = [
        reader.post("/tablet", data={"password": f"guess-number-{n}", "csrf_token": token}).status_code
        for n in range(PER_LENT_BROWSER.failures)
    ]
    assert guesses == [422] * PER_LENT_BROWSER.failures
    answer = reader.post("/tablet", data={"password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert is_lock_page(reader.get("/"))


def test_a_second_tablet_gives_no_second_series_of_guesses(signed_in, house):
    first, second = signed_in(house.staff[Role.REP]), signed_in(house.staff[Role.REP])
    lend(house)
    for n in range(PER_LENT_BROWSER.failures):
        first.submit("/tablet", {"password": f"guess-number-{n}"}, "/tablet")
    assert second.submit("/tablet", {"password": PASSWORD}, "/tablet").status_code == 429


def test_other_browsers_of_the_same_person_stay_open(signed_in, house):
    reader = signed_in(house.staff[Role.REP])
    lend(house)
    assert signed_in(house.staff[Role.REP]).get("/opportunities").status_code == 200
    assert is_lock_page(reader.get("/opportunities"))


def test_a_session_that_was_ended_from_elsewhere_only_leads_to_signing_in(signed_in, house):
    reader = signed_in(house.staff[Role.REP])
    lend(house)
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE staff_sessions SET ended_at = created_at"))
    assert reader.get("/opportunities").location.startswith("/sign-in")
    assert reader.post("/tablet", data={"password": PASSWORD}).location == "/"


def test_whoever_holds_no_lent_browser_finds_nothing_at_the_lock(client, signed_in, house):
    assert client.get("/tablet").location == "/"
    assert client.post("/tablet", data={"password": PASSWORD}).location == "/"
    assert signed_in(house.staff[Role.REP]).get("/tablet").location == "/"


def test_the_table_knows_no_lock_without_its_link(signed_in, house):
    signed_in(house.staff[Role.REP])
    with pytest.raises(sa.exc.DatabaseError, match="lent_for_a_link"), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE staff_sessions SET lent_at = created_at"))
