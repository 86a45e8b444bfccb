"""Web server and worker are killed again and again while people send and sign quotes and the mail server takes its time.

Nothing is lost, nothing happens twice, nothing is left half done.
"""

import asyncio
import contextlib
import email
import email.policy
import hashlib
import http.client
import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Self
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from backoffice import serving, tasks
from backoffice.db import Base, db
from backoffice.documents.archive import Archive
from backoffice.documents.models import Document, DocumentKind
from backoffice.notifications.models import MailKind, MailState, OutgoingMail
from backoffice.orders.models import Order
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.settings import Settings
from backoffice.signatures.models import Signature
from tests import factories
from tests.conftest import SECRET, closed, migrate
from tests.databases import free_port
from tests.journeys.nursery import Nursery
from tests.reader import Page
from wsgi import create_app

LIMIT_SECONDS = 240
STALL_SECONDS = 0.3
LONGEST_PAUSE = {"web": 0.05, "worker": 0.6}
"""How long after the beginning of something under way a process is killed, at most."""
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/p/\S+)")
NO_REPLY = (OSError, http.client.HTTPException)

pytestmark = pytest.mark.slow


@dataclass
class SlowMailbox:
    """A mail server that stalls inside DATA before it accepts. ``received``: Message-ID and recipient of each copy."""

    received: list[tuple[str, str]] = field(default_factory=list)
    invitations: dict[str, str] = field(default_factory=dict)
    waiting: set[object] = field(default_factory=set)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.waiting.add(envelope)
        try:
            await asyncio.sleep(STALL_SECONDS)
        finally:
            self.waiting.discard(envelope)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        [recipient] = envelope.rcpt_tos
        self.received.append((mail["Message-ID"], recipient))
        words = mail.get_body(("plain",))
        if words and (link := LINK.search(words.get_content())):
            self.invitations.setdefault(recipient, link[1])
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[SlowMailbox, int]]:
    port = free_port()
    received = SlowMailbox()
    controller = Controller(received, hostname="127.0.0.1", port=port, server_hostname="mail.test")
    controller.start()
    yield received, port
    controller.stop()


@pytest.fixture
def environment(database: str, request: pytest.FixtureRequest, tmp_path: Path, mailbox: tuple[SlowMailbox, int]) -> dict[str, str]:
    port = str(free_port())
    places = {"DATABASE_URL": request.getfixturevalue("cluster").create("killed")} if database == "postgresql" else {}
    (tmp_path / "temporary").mkdir()
    return places | {
        "ACCORD_ENV": "testing",
        "ACCORD_HOME": str(tmp_path),
        "SECRET_KEY": SECRET,
        "PORT": port,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mailbox[1]),
        "MAIL_SENDER": "devis@atelier-duval.example",
        "OUTBOX_LEASE": "3",
        "OUTBOX_SWEEP": "1",
        "TMPDIR": str(tmp_path / "temporary"),  # who is killed cannot tidy up
    }


@pytest.fixture
def installation(environment: dict[str, str]) -> Iterator[Flask]:
    """An installation of its own, as its processes read it."""
    app = create_app(Settings.from_environment(environment))
    migrate(app)
    with app.app_context():
        yield app
    closed(app)
    tasks.close(app)


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str


class Site:
    """What the people of this test know of the server: where it is, and how it answered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answers: Counter[int] = Counter()
        self.pressed: set[object] = set()
        """Forms sent and not yet answered."""


class Browser:
    """One person's."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._cookies = SimpleCookie()

    def ask(self, path: str, fields: dict[str, str] | None = None) -> Answer:
        """Raises one of NO_REPLY."""
        token = object()
        if fields:
            self._site.pressed.add(token)
        connection = http.client.HTTPConnection("127.0.0.1", self._site.port, timeout=30)
        try:
            with contextlib.closing(connection):
                headers = {"Cookie": "; ".join(f"{name}={each.value}" for name, each in self._cookies.items())}
                if fields:
                    headers["Content-Type"] = "application/x-www-form-urlencoded"
                connection.request("POST" if fields else "GET", path, urlencode(fields or {}), headers)
                answer = connection.getresponse()
                text = answer.read().decode()
        finally:
            self._site.pressed.discard(token)
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(cookie)
        self._site.answers[answer.status] += 1
        return Answer(answer.status, urlsplit(answer.getheader("Location") or "").path, text)


@dataclass(frozen=True)
class People:
    """Who acts while processes die, each as patient as the test."""

    site: Site
    mailbox: SlowMailbox
    deadline: float
    gone: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.gone.set()

    def patient(self) -> bool:
        return not self.gone.is_set() and time.monotonic() < self.deadline

    def until_answered(self, act: Callable[[], Answer | None]) -> Answer:
        """Again after every lost reply and every ``None``."""
        while self.patient():
            with contextlib.suppress(*NO_REPLY):
                answer = act()
                if answer is not None:
                    return answer
            time.sleep(0.1)
        raise TimeoutError

    def rep(self, address: str) -> Browser:
        browser = Browser(self.site)

        def sign_in() -> Answer:
            form = Page(browser.ask("/sign-in").text).form("/sign-in")
            return browser.ask(form["action"], form["fields"] | {"email": address, "password": factories.PASSWORD})

        assert self.until_answered(sign_in).status == 303
        return browser

    def send(self, rep: Browser, quote: int) -> None:
        """Whose reply is lost lets the browser send the form again, and is told if it had arrived."""
        form = Page(self.until_answered(lambda: rep.ask(f"/quotes/{quote}/send")).text).form("/send")
        assert self.until_answered(lambda: rep.ask(form["action"], form["fields"])).status in {303, 409}

    def sign(self, address: str) -> None:
        """From the invitation to the confirmation; whose reply is lost opens the page again."""
        while address not in self.mailbox.invitations:
            assert self.patient()
            time.sleep(0.05)
        link = self.mailbox.invitations[address]
        browser = Browser(self.site)

        def open_and_press() -> Answer | None:
            page = browser.ask(f"{link}/sign")
            if page.status == 303:
                return browser.ask(page.location)
            form = Page(page.text).form("/sign")
            browser.ask(form["action"], form["fields"] | {"mention": "Bon pour accord", "consent": "y"})
            return None

        confirmation = self.until_answered(open_and_press)
        assert (confirmation.status, "Signature" in confirmation.text) == (200, True)


class Processes:
    """The web server and the worker, by the commands of ``flask serve``."""

    def __init__(self, nursery: Nursery, settings: Settings) -> None:
        self._nursery = nursery
        self._place = (settings.host, settings.port)
        self._commands = {"web": serving._web_server(settings)[2:], "worker": serving._worker()[2:]}
        self._running = {kind: nursery.start(*command) for kind, command in self._commands.items()}

    def kill(self, kind: str) -> None:
        """By ``kill -9``: all processes of the web server; of the worker the first, its rendering process sees for itself."""
        assert self._nursery.end(self._running[kind], signal.SIGKILL, group=kind == "web") == -signal.SIGKILL
        if kind == "web":  # the kernel takes a moment to end them all
            wait_for(lambda: serving.port_is_free(*self._place), time.monotonic() + 5)
        self._running[kind] = self._nursery.start(*self._commands[kind])

    def end(self) -> dict[str, int]:
        """As an administrator does: the exit codes."""
        return {kind: self._nursery.end(pid, signal.SIGTERM) for kind, pid in self._running.items()}


@pytest.mark.parametrize(("database", "kills"), [("sqlite", 20), ("postgresql", 6)])
def test_twenty_kills_lose_nothing_and_double_nothing(
    installation: Flask, environment: dict[str, str], mailbox: tuple[SlowMailbox, int], kills: int
):
    settings: Settings = installation.extensions["accord"]
    chance = random.Random(20261122)
    site = Site(settings.port)
    people = People(site, mailbox[0], time.monotonic() + LIMIT_SECONDS)
    under_way = {"web": site.pressed, "worker": mailbox[0].waiting}
    victims = ["web", "worker"] * (kills // 2)
    chance.shuffle(victims)
    reps = [f"rep{number}@atelier-duval.example" for number in range(2)]
    quotes = unsent_quotes(reps, kills)
    struck: Counter[str] = Counter()

    with Nursery({**os.environ, **environment}) as nursery, ThreadPoolExecutor(2 * kills) as pool, people:
        processes = Processes(nursery, settings)
        browsers = {address: people.rep(address) for address in reps}
        done = []
        for kind, (quote, deal) in zip(victims, quotes.items(), strict=True):
            done += [pool.submit(people.send, browsers[deal.rep], quote), pool.submit(people.sign, deal.client)]
            for _ in range(5):
                wait_for(lambda kind=kind: under_way[kind], time.monotonic() + 2)
                time.sleep(chance.uniform(0, LONGEST_PAUSE[kind]))
                if under_way[kind]:
                    break
            struck[kind] += bool(under_way[kind])
            print(round(time.monotonic()-people.deadline+240,2), kind, struck, site.answers, len(mailbox[0].received), flush=True)
            processes.kill(kind)
        for each in done:
            each.result()
        print("signed", time.monotonic()-people.deadline+240)
        wait_for(settled, people.deadline)
        print("settled", time.monotonic()-people.deadline+240)
        endings = processes.end()

    assert endings == {"web": 0, "worker": 0}
    assert set(site.answers) <= {200, 303, 409}, site.answers
    assert struck["web"], "no kill met a form under way"
    assert taken_up_again(), "no kill met a mail or a document under way"
    assert_each_sent_and_signed_once(quotes)
    assert_mails_once(quotes, mailbox[0].received)
    assert_papers_kept(Archive(settings.archive))


@dataclass(frozen=True)
class Deal:
    """Addresses."""

    rep: str
    client: str


def unsent_quotes(reps: list[str], count: int) -> dict[int, Deal]:
    """By the id of the quote."""
    factories.a_seller()
    owners = [factories.a_member(email=address, name=f"Julien Duval {number}") for number, address in enumerate(reps)]
    found = {}
    for number in range(count):
        of_whom, client = number % len(owners), f"client{number}@example.com"
        opportunity = factories.an_opportunity(owners[of_whom], factories.a_client(owners[of_whom], email=client))
        found[factories.a_quote(opportunity)] = Deal(rep=reps[of_whom], client=client)
    db.session.rollback()
    return found


def wait_for(condition: Callable[[], object], deadline: float) -> None:
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)


def rows(*columns: object) -> list[sa.Row]:
    with db.engine.connect() as connection:
        return list(connection.execute(sa.select(*columns)))


def settled() -> bool:
    """Nothing is owed any more."""
    time.sleep(0.2)
    states = {state for (state,) in rows(OutgoingMail.state)}
    return MailState.QUEUED not in states and all(archived for (archived,) in rows(Document.archived_at))


def ids(entity: type[Base]) -> list[int]:
    return sorted(key for (key,) in rows(entity.id))


def taken_up_again() -> bool:
    return any(attempts > 1 for entity in (OutgoingMail, Document) for (attempts,) in rows(entity.attempts))


def assert_each_sent_and_signed_once(quotes: Iterable[int]) -> None:
    """One version of each quote, of it one signature, of that one order; and no signature or order besides."""
    versions = rows(QuoteVersion.quote_id, QuoteVersion.state)
    assert sorted(versions) == [(quote, VersionState.SIGNED) for quote in sorted(quotes)]
    assert sorted(signed for (signed,) in rows(Signature.version_id)) == ids(QuoteVersion)
    assert sorted(ordered for (ordered,) in rows(Order.signature_id)) == ids(Signature)


def assert_mails_once(quotes: dict[int, Deal], received: list[tuple[str, str]]) -> None:
    """Each event's mails exist once as rows, and every copy that arrived is one of them."""
    mails = rows(OutgoingMail.message_id, OutgoingMail.recipient_email, OutgoingMail.kind, OutgoingMail.facts, OutgoingMail.state)
    assert {mail.state for mail in mails} == {MailState.SENT}
    assert set(received) == {(mail.message_id, mail.recipient_email) for mail in mails}
    numbers = dict(rows(Quote.id, Quote.number))
    owed: Counter[tuple[str, str, MailKind]] = Counter()
    for quote, deal in quotes.items():
        owed[numbers[quote], deal.client, MailKind.QUOTE_INVITATION] += 1
        owed[numbers[quote], deal.client, MailKind.QUOTE_SIGNED_CLIENT] += 1
        owed[numbers[quote], deal.rep, MailKind.QUOTE_SIGNED_REP] += 1
    assert Counter((mail.facts["quote_number"], mail.recipient_email, mail.kind) for mail in mails) == owed


def assert_papers_kept(archive: Archive) -> None:
    papers = rows(Document.kind, Document.version_id, Document.signature_id, Document.sha256, Document.size)
    assert sorted(paper.version_id for paper in papers if paper.kind is DocumentKind.QUOTE) == ids(QuoteVersion)
    assert sorted(paper.signature_id for paper in papers if paper.kind is DocumentKind.SIGNED_QUOTE) == ids(Signature)
    for paper in papers:
        kept = archive.path(paper.sha256).read_bytes()
        assert (hashlib.sha256(kept).hexdigest(), len(kept), kept[:5]) == (paper.sha256, paper.size, b"%PDF-")
