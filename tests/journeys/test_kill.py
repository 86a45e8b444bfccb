"""The worker is killed again and again while the mail server takes its time: every mail arrives, none is forgotten."""

import asyncio
import email
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from backoffice import clock, tasks
from backoffice.db import db
from backoffice.notifications.mails import new_message_id
from backoffice.notifications.models import MailKind, MailState, OutgoingMail
from backoffice.settings import PROJECT, Settings
from backoffice.work import unit_of_work
from tests.conftest import SECRET, migrate
from tests.factories import a_seller
from wsgi import create_app

KILLS = 20
AT_ONCE = 2
LIMIT_SECONDS = 300  # a bound, not a measure: each worker needs seconds to start

pytestmark = pytest.mark.slow


@dataclass
class SlowMailbox:
    """Stalls inside DATA before it accepts; each worker has a sender address of its own, so that it can be told apart."""

    received: list[str] = field(default_factory=list)
    waiting: Counter[str] = field(default_factory=Counter)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        assert envelope.mail_from is not None
        self.waiting[envelope.mail_from] += 1
        try:
            await asyncio.sleep(0.2)
        finally:
            self.waiting[envelope.mail_from] -= 1
        self.received.append(email.message_from_bytes(envelope.content)["Message-ID"])
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[SlowMailbox, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    received = SlowMailbox()
    controller = Controller(received, hostname="127.0.0.1", port=port, server_hostname="mail.test")
    controller.start()
    yield received, port
    controller.stop()


@pytest.fixture
def environment(tmp_path: Path, mailbox: tuple[SlowMailbox, int]) -> dict[str, str]:
    return {
        "ACCORD_ENV": "testing",
        "ACCORD_HOME": str(tmp_path),
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": "http://localhost",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mailbox[1]),
        "MAIL_SENDER": "devis@atelier-duval.example",
        "OUTBOX_LEASE": "2",
        "OUTBOX_SWEEP": "1",
    }


@pytest.fixture
def installation(environment: dict[str, str]) -> Iterator[Flask]:
    """An installation of its own, as the worker's process reads it."""
    app = create_app(Settings.from_environment(environment))
    migrate(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    tasks.close(app)


def test_a_worker_killed_twenty_times_loses_no_mail(
    installation: Flask, environment: dict[str, str], mailbox: tuple[SlowMailbox, int]
):
    deadline = time.monotonic() + LIMIT_SECONDS
    pauses = random.Random(20261122)
    owed: set[str] = set()
    a_seller()
    workers = [Worker(environment, number) for number in range(AT_ONCE)]
    try:
        for number in range(AT_ONCE, AT_ONCE + KILLS):
            workers.append(
                Worker(environment, number)
            )  # they start slowly: while it does, the one before works
            worker = workers.pop(0)
            owed |= queue_mails(4)
            while not mailbox[0].waiting[worker.sender] and time.monotonic() < deadline:
                if not unsent():
                    owed |= queue_mails(4)
                time.sleep(0.02)
            time.sleep(pauses.uniform(0, 0.15))
            worker.end(signal.SIGKILL)
        owed |= queue_mails(1)  # only those that live can send it
        while unsent() and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        endings = [worker.end(signal.SIGTERM) for worker in workers]
    assert unsent() == 0
    assert set(mailbox[0].received) == owed
    assert 0 in endings


class Worker:
    """A ``flask worker`` process."""

    def __init__(self, environment: dict[str, str], number: int) -> None:
        self.sender = f"devis{number}@atelier-duval.example"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
            cwd=PROJECT,
            env={**os.environ, **environment, "MAIL_SENDER": self.sender},
            start_new_session=True,
        )

    def end(self, number: signal.Signals) -> int:
        """Returns the exit code."""
        os.killpg(self._process.pid, number)
        return self._process.wait(timeout=15)


def queue_mails(count: int) -> set[str]:
    at = clock.now()
    with unit_of_work() as session:
        mails = [
            OutgoingMail(
                message_id=new_message_id("atelier-duval.example"),
                kind=MailKind.QUOTE_SIGNED_REP,
                cause=f"test:{at.isoformat()}:{number}",
                language="fr",
                recipient_name="Julien Duval",
                recipient_email=f"julien{number}@atelier-duval.example",
                facts=FACTS,
                created_at=at,
                available_at=at,
            )
            for number in range(count)
        ]
        session.add_all(mails)
    return {mail.message_id for mail in mails}


def unsent() -> int:
    with db.engine.connect() as connection:
        return connection.scalar(
            sa.select(sa.func.count()).select_from(OutgoingMail).where(OutgoingMail.state != MailState.SENT)
        )


FACTS = {
    "quote_number": "D-2026-0042",
    "version": 1,
    "title": {"fr": "Bibliothèque", "en": "Bookcase"},
    "gross": 780240,
    "currency": "EUR",
    "seller": "Atelier Duval",
    "rep": {"name": "Julien Duval", "phone": "", "email": "julien@atelier-duval.example"},
    "order_number": "C-2026-0007",
    "client": "Claire Moreau",
    "signer": "Claire Moreau",
    "signer_function": "",
    "signed_at": "2026-11-22T09:14:03Z",
}
