"""Web server and worker are killed again and again while people send and sign quotes and the mail server takes its time.

Nothing is lost, nothing happens twice, nothing is left half done.
"""

import hashlib
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from flask import Flask

from backoffice import serving
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
from tests.conftest import SECRET
from tests.databases import free_port
from tests.environment import environment_with
from tests.journeys.nursery import Nursery
from tests.journeys.patience import People, Site, SlowMailbox

LIMIT_SECONDS = 240
LONGEST_PAUSE = {"web": 0.05, "worker": 0.45}
"""How long after the beginning of something under way a process is killed, at most."""
LONGEST_WAIT = 8
"""For something to be under way."""

pytestmark = pytest.mark.slow


@pytest.fixture
def mailbox() -> Iterator[tuple[SlowMailbox, int]]:
    port = free_port()
    received = SlowMailbox()
    controller = Controller(received, hostname="127.0.0.1", port=port, server_hostname="mail.test")
    controller.start()
    yield received, port
    controller.stop()


@pytest.fixture
def environment(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, mailbox: tuple[SlowMailbox, int]
) -> dict[str, str]:
    port = str(free_port())
    chosen = {}
    if database == "postgresql":
        chosen["DATABASE_URL"] = request.getfixturevalue("cluster").create("killed")
    (tmp_path / "temporary").mkdir()
    return chosen | {
        "ACCORD_ENV": "testing",
        "ACCORD_HOME": str(tmp_path),
        "SECRET_KEY": SECRET,
        "PORT": port,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mailbox[1]),
        "MAIL_SENDER": "devis@atelier-duval.example",
        "MAIL_USE_TLS": "0",
        "OUTBOX_LEASE": "3",
        "OUTBOX_SWEEP": "1",
        "TMPDIR": str(tmp_path / "temporary"),  # who is killed cannot tidy up
    }


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

    def serving(self) -> bool:
        return serving.answers(*self._place)

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
    form, invitation, confirmation = (
        ("web", site.pressed),
        ("worker", mailbox[0].inviting),
        ("worker", mailbox[0].confirming),
    )
    victims = islice(cycle([form, invitation, form, confirmation]), kills)
    reps = [f"rep{number}@atelier-duval.example" for number in range(2)]
    quotes = unsent_quotes(reps, kills)
    struck: Counter[str] = Counter()

    with Nursery(environment_with(environment)) as nursery, ThreadPoolExecutor(2 * kills) as pool, people:
        processes = Processes(nursery, settings)
        browsers = {address: people.rep(address) for address in reps}
        done = []
        for (kind, under_way), (quote, deal) in zip(victims, quotes.items(), strict=True):
            done += [
                pool.submit(people.send, browsers[deal.rep], quote),
                pool.submit(people.sign, deal.client),
            ]
            wait_for(processes.serving, people.deadline)
            latest = time.monotonic() + LONGEST_WAIT
            while time.monotonic() < latest:
                wait_for(lambda under_way=under_way: under_way, latest)
                time.sleep(chance.uniform(0, LONGEST_PAUSE[kind]))
                if kind == "worker" or under_way:  # a worker has more to do than mail
                    break
            struck[kind] += bool(under_way)
            processes.kill(kind)
        for each in done:
            each.result()
        wait_for(settled, people.deadline)
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
    owners = [
        factories.a_member(email=address, name=f"Julien Duval {number}")
        for number, address in enumerate(reps)
    ]
    found = {}
    for number in range(count):
        of_whom, client = number % len(owners), f"client{number}@example.com"
        opportunity = factories.an_opportunity(
            owners[of_whom], factories.a_client(owners[of_whom], email=client)
        )
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
    mails = rows(
        OutgoingMail.message_id,
        OutgoingMail.recipient_email,
        OutgoingMail.kind,
        OutgoingMail.facts,
        OutgoingMail.state,
    )
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
    quotes = sorted(paper.version_id for paper in papers if paper.kind is DocumentKind.QUOTE)
    copies = sorted(paper.signature_id for paper in papers if paper.kind is DocumentKind.SIGNED_QUOTE)
    assert (quotes, copies, len(papers)) == (ids(QuoteVersion), ids(Signature), 2 * len(quotes))
    for paper in papers:
        kept = archive.path(paper.sha256).read_bytes()
        assert (hashlib.sha256(kept).hexdigest(), len(kept), kept[:5]) == (paper.sha256, paper.size, b"%PDF-")
