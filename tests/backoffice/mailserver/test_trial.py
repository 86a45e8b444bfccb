"""The page of the mail server, and a test e-mail over a real one."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from flask import Flask

from backoffice import clock
from backoffice.notifications.models import OutgoingMail
from backoffice.settings import MailSettings
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import a_member, a_seller, a_sent_quote

SECRET = "the-mail-password"


class Postman:
    """What the server took, and what it answers."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250"):
            self.letters.append(envelope)
        return self.answer


def only_the_right_one(
    _server: object, _session: object, _envelope: object, _kind: str, given: object
) -> AuthResult:
    return AuthResult(success=getattr(given, "password", b"") == SECRET.encode(), handled=False)


@pytest.fixture
def postman() -> Iterator[tuple[Postman, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    kept = Postman()
    controller = Controller(kept, hostname="127.0.0.1", port=port, authenticator=only_the_right_one, auth_require_tls=False)  # fmt: skip
    controller.start()
    yield kept, port
    controller.stop()


@pytest.fixture
def reached(app: Flask) -> Iterator[Callable[..., None]]:
    """``reached(port, password=…)``: the application has that mail server."""
    before = app.extensions["accord"]

    def reach(port: int, password: str | None = None) -> None:
        server = MailSettings(
            server="127.0.0.1", port=port, username="accord" if password else None, password=password,
            use_tls=False, use_ssl=False, sender="devis@duval.example", timeout=3,
        )  # fmt: skip
        app.extensions["accord"] = replace(before, mail=server)

    yield reach
    app.extensions["accord"] = before


@pytest.fixture
def admin(app, signed_in):
    a_seller()
    return signed_in(a_member(Role.ADMIN, email="anne@duval.example", language="en"))


def told(admin) -> str:
    assert admin.submit("/settings/mail", {}, "/settings/mail").location == "/settings/mail"
    return admin.page("/settings/mail").text


def test_a_test_mail_arrives_and_the_page_says_so(admin, postman, reached):
    kept, port = postman
    reached(port)
    assert "has taken the test e-mail to anne@duval.example" in told(admin)
    (letter,) = kept.letters
    assert (letter.mail_from, letter.rcpt_tos) == ("devis@duval.example", ["anne@duval.example"])
    assert b"Test e-mail from Accord" in letter.content


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_server_that_refuses_is_quoted(admin, postman, reached):
    kept, port = postman
    kept.answer = "554 we do not like you"
    reached(port)
    said = told(admin)
    assert "refuses this e-mail for good" in said
    assert "554 we do not like you" in said


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_server_that_is_away_is_named_so(admin, reached):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    reached(port)
    said = told(admin)
    assert "The mail server does not answer" in said
    assert "Connection refused" in said


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_wrong_password_is_told_apart_and_never_shown(admin, postman, reached):
    kept, port = postman
    reached(port, password="wrong-password")
    assert "does not accept the user name and password" in told(admin)
    reached(port, password=SECRET)
    assert "has taken the test e-mail" in told(admin)
    assert len(kept.letters) == 1
    page = admin.get("/settings/mail").text
    assert SECRET not in page
    for shown in ("127.0.0.1", str(port), "devis@duval.example", "MAIL_PASSWORD", "clear text"):
        assert shown in page


@pytest.mark.parametrize("database", ["sqlite"])
def test_without_a_server_nothing_is_sent_and_the_page_says_what_to_set(admin):
    assert "nothing was sent" in told(admin)
    assert "MAIL_SERVER" in admin.page("/settings/mail").text


def test_mails_that_nobody_takes_up_are_told(admin):
    a_sent_quote(at=clock.now())
    assert "nobody sends them" not in admin.page("/settings/mail").text
    with unit_of_work() as session:
        session.execute(sa.update(OutgoingMail).values(available_at=clock.now() - timedelta(minutes=6)))
    assert "nobody sends them" in admin.page("/settings/mail").text
