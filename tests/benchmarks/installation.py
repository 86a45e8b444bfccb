"""An installation of its own: database, web server, and when asked for a worker with a mail server to deliver to."""

import gc
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import flask_migrate
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from backoffice import access, tasks
from backoffice.db import db
from backoffice.serving import answers
from backoffice.settings import PROJECT, Settings
from tests import factories
from tests.benchmarks.visitor import Visitor
from tests.databases import Cluster, free_port
from tests.environment import environment_with
from wsgi import create_app

SECRET = "benchmarks-only-0123456789abcdefghijklmnopqrstuvwxyz"
PATIENCE = 60
THREADS = 4


@dataclass
class Mailbox:
    """When each recipient's mail was accepted, by ``time.perf_counter``."""

    accepted: dict[str, float] = field(default_factory=dict)
    news: threading.Condition = field(default_factory=threading.Condition)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        with self.news:
            self.accepted.update(dict.fromkeys(envelope.rcpt_tos, time.perf_counter()))
            self.news.notify_all()
        return "250 OK"

    def moment(self, recipient: str) -> float:
        with self.news:
            if not self.news.wait_for(lambda: recipient in self.accepted, PATIENCE):
                raise TimeoutError(f"no mail for {recipient}")
            return self.accepted[recipient]


@dataclass(frozen=True, kw_only=True)
class Installation:
    """``app`` is for making data, in its context; what is measured runs in other processes."""

    app: Flask
    origin: str
    environment: dict[str, str]
    mailbox: Mailbox
    rep: int
    client: int

    def visitor(self) -> Visitor:
        """A client."""
        return Visitor(self.origin)

    def rep_visitor(self) -> Visitor:
        """The rep, signed in."""
        account, opened = factories.a_staff_session(self.rep)
        serializer = self.app.session_interface.get_signing_serializer(self.app)
        cookie = serializer.dumps({access.SESSION_KEY: opened, access.ACCOUNT_KEY: account})
        return Visitor(self.origin, {"accord": cookie})

    @contextmanager
    def worker(self) -> Iterator[None]:
        with running([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], self.environment):
            yield


@contextmanager
def installation(database: str) -> Iterator[Installation]:
    """On "sqlite" or "postgresql", empty but for the firm, a rep and a client."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="accord-benchmark-")))
        url = ""
        if database == "postgresql":
            cluster = Cluster(
                Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="accord-postgresql-"))),
                durable=True,
            )
            stack.callback(cluster.stop)
            url = cluster.create("accord")
        mailbox, smtp = Mailbox(), free_port()
        controller = Controller(mailbox, hostname="127.0.0.1", port=smtp, server_hostname="mail.test")
        controller.start()
        stack.callback(controller.stop)
        port = free_port()
        environment = {
            "ACCORD_ENV": "production", "ACCORD_HOME": str(home), "DATABASE_URL": url, "SECRET_KEY": SECRET,
            "PUBLIC_URL": f"http://127.0.0.1:{port}", "HOST": "127.0.0.1", "PORT": str(port),
            "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(smtp), "MAIL_SENDER": "devis@atelier-duval.example",
            "MAIL_USE_TLS": "0",
        }  # fmt: skip
        app = create_app(Settings.from_environment(environment))
        stack.callback(tasks.close, app)
        stack.enter_context(app.app_context())
        flask_migrate.upgrade()
        stack.callback(db.engine.dispose)
        stack.callback(db.session.remove)
        factories.a_seller()
        rep = factories.a_member()
        client = factories.a_client(rep)
        # No server migrates: looking through what is left of that would be measured with what runs here.
        gc.collect()
        gc.freeze()
        log = stack.enter_context((home / "log").open("w"))
        stack.enter_context(running(web_server(port), environment, log))
        until_it_answers(port)
        yield Installation(
            app=app,
            origin=environment["PUBLIC_URL"],
            environment=environment,
            mailbox=mailbox,
            rep=rep,
            client=client,
        )


def web_server(port: int) -> list[str]:
    """One process: samples follow each other, and a second one would only share the processor with the first."""
    options = [
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--worker-class",
        "gthread",
        "--threads",
        str(THREADS),
    ]
    options += [
        "--keep-alive",
        str(PATIENCE),
        "--graceful-timeout",
        "1",
        "--log-level",
        "warning",
        "--no-control-socket",
    ]
    return [sys.executable, "-m", "gunicorn", *options, "tests.benchmarks.app:create_app()"]


@contextmanager
def running(command: Sequence[str], environment: dict[str, str], log: TextIO | None = None) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=PROJECT, env=environment_with(environment), stderr=log)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()


def until_it_answers(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while not answers("127.0.0.1", port):
        if time.monotonic() > deadline:
            raise TimeoutError("the web server did not start")
        time.sleep(0.1)
