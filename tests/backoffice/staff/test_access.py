import uuid
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask, url_for
from flask.testing import FlaskClient

from backoffice import access, clock
from backoffice.access import (
    PERMISSIONS,
    Member,
    Permission,
    local_address,
    needs,
    owned_by,
    papers_of,
    sees_all,
    undeclared,
)
from backoffice.db import db
from backoffice.opportunities.models import Opportunity
from backoffice.staff import accounts, sessions
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import a_seller


@pytest.fixture
def rooms(another_app: Callable[..., Flask]) -> Flask:
    """With a page for each permission, and one whose author forgot to say who may open it."""
    app = another_app()
    for permission in Permission:
        app.add_url_rule(f"/room/{permission}", f"room.{permission}", needs(permission)(lambda: "inside"))
    app.add_url_rule("/room/forgotten", "room.forgotten", lambda: "inside")
    app.add_url_rule("/room/whoami", "room.whoami", needs(Permission.ENTER)(whoami))
    return app


def whoami() -> str:
    with unit_of_work():
        member = access.current_member()
    return f"{member.name} {member.initials} {member.role} {member.language} {member.email}"


def as_member(app: Flask, role: Role) -> FlaskClient:
    """A client signed in without the form."""
    at = clock.now()
    with app.app_context():
        member = accounts.add(
            email=f"{role}@atelier.example",
            name="Claire Le Goff",
            role=role,
            language="en",
            password="-",
            at=at,
        )
        with unit_of_work() as session:
            begun = sessions.begin(session, staff_id=member.id, user_agent="", at=at)
    client = app.test_client()
    with client.session_transaction() as session:
        session[access.SESSION_KEY] = str(begun.id)
        session[access.ACCOUNT_KEY] = member.fs_uniquifier
    return client


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_what_it_may_and_the_rest_does_not_exist(rooms, role):
    client = as_member(rooms, role)
    opened = {permission for permission in Permission if client.get(f"/room/{permission}").status_code == 200}
    assert opened == {permission for permission, roles in PERMISSIONS.items() if role in roles}
    closed = {client.get(f"/room/{permission}").status_code for permission in set(Permission) - opened}
    assert closed <= {404}


def test_every_permission_is_given_to_somebody():
    assert set(PERMISSIONS) == set(Permission)
    assert all(PERMISSIONS.values())


def test_what_an_accountant_may():
    assert {permission for permission, roles in PERMISSIONS.items() if Role.ACCOUNTANT in roles} == {
        Permission.ENTER,
        Permission.SEE_ORDERS,
        Permission.BILL,
        Permission.SEE_INVOICES,
    }


def test_a_forgotten_page_is_closed_to_all_and_stops_the_start(rooms):
    assert undeclared(rooms) == ["room.forgotten"]
    assert as_member(rooms, Role.ADMIN).get("/room/forgotten").status_code == 404
    assert rooms.test_client().get("/room/forgotten").status_code == 303
    with pytest.raises(access.UndeclaredPermission, match="forgotten"):
        access.check(rooms)


def test_no_page_of_the_application_is_undeclared(app):
    assert undeclared(app) == []


def addresses(app: Flask, method: str) -> dict[str, str]:
    """Every back-office page that has this method, with 1 for each of its parts."""
    with app.test_request_context():
        return {
            rule.endpoint: url_for(rule.endpoint, **dict.fromkeys(rule.arguments, 1))
            for rule in app.url_map.iter_rules()
            if method in (rule.methods or ()) and not access.is_open(rule.endpoint)
        }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_page_lets_a_stranger_in(app, client, method):
    found = addresses(app, method)
    assert found
    answers = {endpoint: client.open(address, method=method) for endpoint, address in found.items()}
    assert {
        endpoint: answer.location[:8] for endpoint, answer in answers.items() if answer.location
    } == dict.fromkeys(found, "/sign-in")


def test_no_post_acts_without_its_token(app):
    a_seller()
    admin = as_member(app, Role.ADMIN)
    answers = {
        endpoint: admin.post(address).status_code for endpoint, address in addresses(app, "POST").items()
    }
    assert {endpoint: status for endpoint, status in answers.items() if status not in {404, 409, 422}} == {}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_stranger_is_sent_to_sign_in(client, method):
    answer = client.open("/", method=method)
    assert answer.status_code == 303
    assert answer.location == "/sign-in"


def test_a_stranger_comes_back_to_the_page_asked_for(rooms):
    client = rooms.test_client()
    assert client.get("/room/sell?page=2&q=a b").location == "/sign-in?next=/room/sell?page%3D2%26q%3Da+b"
    assert client.post("/room/sell").status_code == 405


def test_the_portal_asks_nobody_to_sign_in_and_sets_no_cookie(rooms):
    for client in (rooms.test_client(), as_member(rooms, Role.REP)):
        answer = client.get("/p/fr/forged")
        assert answer.status_code == 404
        assert "Set-Cookie" not in answer.headers


def test_an_open_page_does_not_look_at_the_session(rooms):
    answer = as_member(rooms, Role.REP).get("/health")
    assert answer.status_code == 200
    assert "Vary" not in answer.headers


def test_the_person_outlives_a_unit_of_work(rooms):
    assert (
        as_member(rooms, Role.MANAGER).get("/room/whoami").text
        == "Claire Le Goff CG manager en manager@atelier.example"
    )


@pytest.fixture
def statements(rooms: Flask) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_others):
        seen.append(statement)

    with rooms.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


def test_knowing_who_asks_takes_one_statement(rooms, statements):
    client = as_member(rooms, Role.REP)
    statements.clear()
    client.get("/room/sell")
    assert len([each for each in statements if each.startswith("SELECT")]) == 1


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "quotes",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/ /evil.example",
        "http://evil.example",
        "HTTPS://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "@evil.example",
        "/quotes\\..\\evil",
        "/sign-in",
        "/sign-in?next=/sign-in",
        "/sign-out",
        "/a\0b",
        "/a\x7fb",
        "/a\u0085b",
        "/a\u2028b",
    ],
)
def test_onward_addresses_that_could_leave_the_site_lead_home(target):
    assert local_address(target) == "/"


@pytest.mark.parametrize(
    "target", ["/", "/quotes/7", "/quotes?state=sent&page=2", "/clients/é", "/@me", "/a//b", "/%2F/x"]
)
def test_pages_of_this_site_are_kept(target):
    assert local_address(target) == target


def person(role: Role) -> Member:
    return Member(
        id=7, name="Claire", role=role, language="fr", email="c@atelier.example", session_id=uuid.uuid4()
    )


@pytest.mark.parametrize(
    ("role", "deals", "papers", "everything"),
    [
        (Role.REP, {7}, {7}, False),
        (Role.MANAGER, {7, 8}, {7, 8}, True),
        (Role.ADMIN, {7, 8}, {7, 8}, True),
        (Role.ACCOUNTANT, set(), {7, 8}, False),
    ],
)
def test_whose_deals_and_papers_somebody_sees(role, deals, papers, everything):
    def chosen(condition):
        engine = sa.create_engine("sqlite://")
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE TABLE opportunities (owner_id INTEGER)")
            connection.exec_driver_sql("INSERT INTO opportunities VALUES (7), (8)")
            found = set(connection.scalars(sa.select(Opportunity.owner_id).where(condition)))
        engine.dispose()
        return found

    assert chosen(owned_by(person(role))) == deals
    assert chosen(papers_of(person(role))) == papers
    assert sees_all(person(role)) is everything
