"""An installation that nobody has begun with, from the code in the terminal to its first papers."""

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.seller.models import ONLY, Seller, Step
from backoffice.staff.models import Role, StaffMember
from backoffice.welcome.beginning import FirstAccount, begin
from backoffice.welcome.code import is_set_up_code, set_up_code
from backoffice.welcome.refusals import AlreadyBegun
from tests.conftest import SECRET
from tests.factories import a_member, a_seller, everything
from tests.reader import Page

ME = {"name": "Anne Kerleo", "email": "anne@kerleo.example", "password": "une longue phrase de passe"}
IDENTITY = {
    "name": "Menuiserie Kerleo",
    "siren": "552 100 554",
    "street": "4 quai",
    "postcode": "35000",
    "city": "Rennes",
}


def the_seller() -> Seller:
    db.session.remove()
    return db.session.get_one(Seller, ONLY)


def number_of(entity: type) -> int:
    db.session.remove()
    return db.session.scalar(sa.select(sa.func.count()).select_from(entity))


@pytest.mark.parametrize("address", ["/", "/quotes", "/sign-in", "/settings/vat", "/welcome/done"])
def test_every_page_leads_to_the_welcome(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer.location) == (303, "/welcome")
    assert client.get("/health").status_code == 200


def test_the_terminal_shows_the_code_until_somebody_has_begun(app):
    said = app.test_cli_runner().invoke(args=["welcome"]).output
    assert set_up_code(SECRET) in said
    assert "/welcome" in said
    a_member(Role.ADMIN)
    assert set_up_code(SECRET) not in app.test_cli_runner().invoke(args=["welcome"]).output


def test_the_code_is_read_however_it_is_typed_and_is_of_this_installation_alone():
    code = set_up_code(SECRET)
    assert is_set_up_code(f" {code.lower().replace('-', ' ')} ", key=SECRET)
    assert not is_set_up_code("", key=SECRET)
    assert not is_set_up_code(code, key=SECRET + "x")
    assert not is_set_up_code(code[:-1], key=SECRET)


def test_who_knows_the_code_administers_and_is_signed_in(app, client):
    answer = client.submit("/welcome", {**ME, "code": set_up_code(SECRET)})
    assert (answer.status_code, answer.location) == (303, "/welcome/identity")
    db.session.remove()
    member = db.session.scalars(sa.select(StaffMember)).one()
    assert (member.role, member.email, member.name) == (Role.ADMIN, "anne@kerleo.example", "Anne Kerleo")
    assert client.page("/welcome/identity").headings
    assert client.get("/sign-in").location == "/"


def test_without_the_code_nobody_begins_and_guessing_is_slowed_down(app, client):
    for _ in range(5):
        answer = client.submit("/welcome", {**ME, "code": "AAAA-BBBB-CCCC-DDDD"})
        assert answer.status_code == 422
        assert Page(answer.text).form()["fields"]["name"] == "Anne Kerleo"
    answer = client.submit("/welcome", {**ME, "code": set_up_code(SECRET)})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert number_of(StaffMember) == 0


@pytest.mark.parametrize("made", [lambda: a_member(Role.ADMIN), a_seller], ids=["an account", "seller set"])
def test_the_code_opens_nothing_once_somebody_has_begun(app, client, made):
    page = client.page("/welcome").form()
    made()
    before = everything()
    fields = {**page["fields"], **ME, "code": set_up_code(SECRET)}
    assert client.post("/welcome", data=fields).status_code == 409
    assert everything() == before
    assert client.get("/welcome").location == "/sign-in"
    assert client.get("/quotes").location.startswith("/sign-in")


def test_of_two_at_once_one_begins(app):
    """Both had checked the code before either wrote."""
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def try_it(number: int) -> None:
        account = FirstAccount(name="A", email=f"{number}@kerleo.example", language="fr", password="hash")
        with app.app_context():
            together.wait()
            try:
                begin(account, user_agent="", at=clock.now())
                outcomes.append("begun")
            except AlreadyBegun:
                outcomes.append("too late")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["begun", "too late"]
    assert number_of(StaffMember) == 1


def test_step_by_step_to_a_firm_that_can_write_quotes(app, signed_in):
    reader = signed_in(a_member(Role.ADMIN))
    assert reader.get("/welcome").location == "/welcome/identity"
    assert reader.get("/opportunities").location == "/welcome"
    assert reader.get("/welcome/vat").location == "/welcome"
    assert reader.submit("/welcome/identity", IDENTITY).location == "/welcome/vat"
    assert the_seller().first_run is Step.VAT
    assert reader.page("/welcome/vat").form("vat")["fields"]["vat_number"] == "FR96552100554"
    answers = [reader.submit(f"/welcome/{step}", {}).location for step in ("vat", "look")]
    assert answers == ["/welcome/look", "/welcome/numbering"]
    assert reader.get("/welcome").location == "/welcome/numbering"  # one can go on later
    assert "/welcome/numbering" in reader.page("/settings").links
    answers = [reader.submit(f"/welcome/{step}", {}).location for step in ("numbering", "terms", "mentions")]
    assert answers == ["/welcome/terms", "/welcome/mentions", "/welcome/done"]
    seller = the_seller()
    assert (seller.first_run, seller.siren, seller.vat_number) == (None, "552100554", "FR96552100554")
    assert "Menuiserie Kerleo" in reader.page("/welcome/done").headings[0]
    assert reader.get("/welcome").location == "/settings"
    assert reader.page("/opportunities/new")


def test_a_step_taken_again_does_not_lead_back(app, signed_in):
    reader = signed_in(a_member(Role.ADMIN))
    reader.submit("/welcome/identity", IDENTITY)
    reader.submit("/welcome/vat", {})
    reader.submit("/welcome/identity", {"phone": "02 61 91 24 07"})
    assert the_seller().first_run is Step.LOOK


def test_an_installation_named_by_command_is_not_bothered(app, signed_in):
    a_seller()
    reader = signed_in(a_member(Role.ADMIN))
    assert reader.get("/opportunities").status_code == 200
    assert reader.get("/welcome").location == "/settings"
    assert not any("/welcome" in link for link in reader.page("/settings").links)


@pytest.mark.parametrize("role", [Role.REP, Role.MANAGER, Role.ACCOUNTANT])
def test_only_administrators_set_up(app, signed_in, role):
    reader = signed_in(a_member(role))
    assert reader.get("/welcome/identity").status_code == 404
    assert reader.get("/welcome").location == "/"
    a_seller()
    assert reader.get("/settings").status_code == 404
    assert not any("/settings" in link for link in reader.page("/orders").links)


def test_another_key_is_another_code(app):
    before = app.extensions["accord"]
    app.extensions["accord"] = replace(before, secret_keys=("another" * 8, SECRET))
    try:
        assert set_up_code(SECRET) not in app.test_cli_runner().invoke(args=["welcome"]).output
    finally:
        app.extensions["accord"] = before
