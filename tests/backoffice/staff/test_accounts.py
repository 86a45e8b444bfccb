import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.db import db
from backoffice.staff import sessions
from backoffice.staff.addresses import normal
from backoffice.staff.models import Role, StaffMember, StaffSession, initials_of
from backoffice.staff.passwords import problem_of
from backoffice.work import unit_of_work

ADD = ["staff", "add", "Claire@Atelier.example", "Claire  Duval", "--role", "rep"]
PASSWORD = "a long enough secret"


def run(app: Flask, *arguments: str, typed: str):
    return app.test_cli_runner().invoke(args=[*arguments], input=typed)


def test_an_account_is_added_from_the_command_line(app):
    result = run(app, *ADD, "--language", "en", "--password-stdin", typed=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert "Claire Duval <claire@atelier.example>" in result.output
    with app.app_context():
        member = db.session.scalars(sa.select(StaffMember)).one()
    assert (member.email, member.name, member.role, member.language) == (
        "claire@atelier.example",
        "Claire Duval",
        Role.REP,
        "en",
    )
    assert member.password.startswith("$argon2id$")


def test_without_a_pipe_the_password_is_asked_twice_and_not_shown(app):
    result = run(app, *ADD, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output


def test_the_same_address_twice_is_said_so(app):
    run(app, *ADD, "--password-stdin", typed=f"{PASSWORD}\n")
    result = run(app, *ADD, "--password-stdin", typed=f"{PASSWORD}\n")
    assert result.exit_code == 1
    assert "claire@atelier.example" in result.output


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("short", "short"),
        ("elevensigns", "short"),
        ("x" * 257, "long"),
        ("MotDePasse123", "common"),
        ("abababababab", "common"),
        ("claire@atelier.example", "common"),
        (PASSWORD, None),
        ("é" * 6 + "àçèùôî", None),
    ],
)
def test_which_passwords_are_refused(password, problem):
    assert problem_of(password, email="claire@atelier.example") == problem


@pytest.mark.parametrize(("email", "password"), [("nonsense", PASSWORD), ("a@b.example", "short")])
def test_a_refused_account_is_not_added(app, email, password):
    result = run(
        app, "staff", "add", email, "Claire", "--role", "rep", "--password-stdin", typed=f"{password}\n"
    )
    assert result.exit_code == 1
    with app.app_context():
        assert db.session.scalars(sa.select(StaffMember)).all() == []


@pytest.mark.parametrize(
    ("written", "stored"), [(" A@B.Example ", "a@b.example"), ("E\u0301@x.example", "\u00e9@x.example")]
)
def test_one_spelling_per_address(written, stored):
    assert normal(written) == stored


@pytest.mark.parametrize(
    ("name", "initials"), [("Claire Duval", "CD"), ("Anne Le Goff", "AG"), ("Prince", "PR"), ("  X ", "X")]
)
def test_initials(name, initials):
    assert initials_of(name) == initials


def test_a_new_password_signs_out_every_browser(app):
    run(app, *ADD, "--password-stdin", typed=f"{PASSWORD}\n")
    at = clock.now()
    with app.app_context():
        before = db.session.execute(
            sa.select(StaffMember.id, StaffMember.password, StaffMember.fs_uniquifier)
        ).one()
        with unit_of_work() as session:
            sessions.begin(session, staff_id=before.id, user_agent="", at=at)
    result = run(
        app, "staff", "password", "CLAIRE@atelier.example", "--password-stdin", typed="another long secret\n"
    )
    assert result.exit_code == 0, result.output
    with app.app_context():
        after = db.session.scalars(sa.select(StaffMember)).one()
        assert after.password != before.password
        assert after.fs_uniquifier != before.fs_uniquifier
        assert not db.session.scalars(sa.select(StaffSession)).one().is_open(clock.now())


def test_somebody_who_left_is_archived_not_deleted(app):
    run(app, *ADD, "--password-stdin", typed=f"{PASSWORD}\n")
    assert run(app, "staff", "archive", "claire@atelier.example", typed="").exit_code == 0
    with app.app_context():
        assert not db.session.scalars(sa.select(StaffMember)).one().is_active
    missing = run(app, "staff", "archive", "nobody@atelier.example", typed="")
    assert missing.exit_code == 1
    assert "nobody@atelier.example" in missing.output
