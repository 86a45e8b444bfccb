"""People who press at the same moment: browsers with a filled form ready, and places where they wait for each other."""

import contextlib
import http.client
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode

import sqlalchemy as sa

from backoffice.db import db
from backoffice.links.models import ClientLink
from tests.factories import address_of
from tests.reader import Page

LOCK = re.compile(r"\bFROM quotes\b.*\bFOR UPDATE\b", re.DOTALL)
READ = re.compile(r"\bFROM quote_versions\b", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str


class Site:
    """The application behind a real port, and browsers that keep a filled form ready."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            headers = {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
            connection.request(method, path, urlencode(fields or {}), headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheader("Location") or "", answer.read().decode())

    def filled_form(self, link: ClientLink, language: str = "fr") -> Callable[[], Answer]:
        """Opens the page and fills it; called, it presses the button."""
        path = f"{address_of(link, language)}/sign"
        form = Page(self.ask("GET", path).text).form("/sign")
        fields = {
            **form["fields"],
            "mention": {"fr": "Bon pour accord", "en": "Agreed"}[language],
            "consent": "y",
        }
        return lambda: self.ask("POST", form["action"], fields)


@contextlib.contextmanager
def listening(moment: str, act: Callable[..., object], *, retval: bool = False) -> Iterator[None]:
    engine = db.engine
    sa.event.listen(engine, moment, act, retval=retval)
    try:
        yield
    finally:
        sa.event.remove(engine, moment, act)


@contextlib.contextmanager
def meeting_before_the_lock(parties: int) -> Iterator[None]:
    """Everybody has read that the quote is open before anybody asks for its lock."""
    barrier = threading.Barrier(parties, timeout=10)
    come = threading.local()

    def wait(_connection, _cursor, statement, _parameters, _context, _many):
        if LOCK.search(statement) and not hasattr(come, "once"):
            come.once = True
            barrier.wait()

    with listening("before_cursor_execute", wait):
        yield


@contextlib.contextmanager
def meeting_after_reading(parties: int, patience: float) -> Iterator[None]:
    """Inside their units of work, everybody has read the versions before anybody goes on; whoever a lock keeps out is not waited for."""
    barrier = threading.Barrier(parties)
    acting = threading.local()

    def begin(connection):
        acting.unit = connection.get_execution_options().get("begin") == "IMMEDIATE"

    def wait(_connection, _cursor, statement, _parameters, _context, _many):
        if getattr(acting, "unit", False) and READ.search(statement):
            acting.unit = False
            with contextlib.suppress(threading.BrokenBarrierError):
                barrier.wait(patience)

    with listening("begin", begin), listening("after_cursor_execute", wait):
        yield


def at_once(acts: list[Callable[[], Answer]]) -> list[Answer]:
    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(act) for act in acts]]


def count(entity: type, *conditions: object) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(entity).where(*conditions))
