import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import access
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
from backoffice.opportunities.models import Opportunity
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import a_member


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


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_what_it_may_and_the_rest_does_not_exist(rooms, signed_in, role):
    client = signed_in(a_member(role), rooms)
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
        Permission.KEEP_BOOKS,
    }


def test_a_forgotten_page_is_closed_to_all_and_stops_the_start(rooms, signed_in):
    assert undeclared(rooms) == ["room.forgotten"]
    assert signed_in(a_member(Role.ADMIN), rooms).get("/room/forgotten").status_code == 404
    assert rooms.test_client().get("/room/forgotten").status_code == 303
    with pytest.raises(access.UndeclaredPermission, match="forgotten"):
        access.check(rooms)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_stranger_is_sent_to_sign_in(client, method):
    a_member()
    answer = client.open("/", method=method)
    assert answer.status_code == 303
    assert answer.location == "/sign-in"


def test_a_stranger_comes_back_to_the_page_asked_for(rooms):
    a_member()
    client = rooms.test_client()
    assert client.get("/room/sell?page=2&q=a b").location == "/sign-in?next=/room/sell?page%3D2%26q%3Da+b"
    assert client.post("/room/sell").status_code == 405


def test_the_portal_asks_nobody_to_sign_in_and_sets_no_cookie(rooms, signed_in):
    for client in (rooms.test_client(), signed_in(a_member(), rooms)):
        answer = client.get("/p/fr/forged")
        assert answer.status_code == 404
        assert "Set-Cookie" not in answer.headers


def test_an_open_page_does_not_look_at_the_session(rooms, signed_in):
    answer = signed_in(a_member(), rooms).get("/health")
    assert answer.status_code == 200
    assert "Vary" not in answer.headers


def test_the_person_outlives_a_unit_of_work(rooms, signed_in):
    claire = a_member(Role.MANAGER, "claire@atelier.example", "Claire Le Goff", "en")
    answer = signed_in(claire, rooms).get("/room/whoami")
    assert answer.text == "Claire Le Goff CG manager en claire@atelier.example"


def test_knowing_who_asks_takes_one_statement(rooms, signed_in, statements):
    client = signed_in(a_member(), rooms)
    with rooms.app_context(), statements() as asked:
        assert client.get("/room/sell").text == "inside"
    assert len([each for each in asked if each.startswith("SELECT")]) == 1


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
