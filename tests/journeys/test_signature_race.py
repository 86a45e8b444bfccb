"""Several people at one quote at the same moment, over real HTTP on PostgreSQL: SQLite's lock would hide what goes wrong."""

import contextlib
import http.client
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from werkzeug.serving import make_server

from backoffice import clock
from backoffice.db import db
from backoffice.errors import Conflict, StaleRevision
from backoffice.links.models import ClientLink
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.signatures.models import Signature
from backoffice.work import unit_of_work
from tests.factories import (
    a_client,
    a_further_link,
    a_member,
    a_seller,
    a_sent_quote,
    address_of,
    an_opportunity,
    another_recipient,
)
from tests.reader import Page

SIGNERS = 8
LOCK = re.compile(r"\bFROM quotes\b.*\bFOR UPDATE\b", re.DOTALL)
READ = re.compile(r"\bFROM quote_versions\b", re.DOTALL)


@pytest.fixture(params=["postgresql"])
def database(request):
    return request.param


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


@pytest.fixture
def site(app) -> Iterator[Site]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()


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


@pytest.fixture
def pressing(site) -> list[Callable[[], Answer]]:
    """Eight colleagues with a link each, all about to press the button."""
    quote, link = a_sent_quote()
    return [site.filled_form(each, "en") for each in [link, *another_recipient(quote, link, SIGNERS - 1)]]


def test_of_eight_signers_one_is_first(pressing):
    with meeting_before_the_lock(SIGNERS):
        answers = at_once(pressing)
    assert sorted(answer.status for answer in answers) == [303] + [409] * 7
    assert [answer.location.endswith("/signed") for answer in answers if answer.status == 303] == [True]
    assert {Page(answer.text).headings[0] for answer in answers if answer.status == 409} == {
        "This quote is already signed"
    }
    assert (count(Signature), count(Order)) == (1, 1)
    mails = [
        count(OutgoingMail, OutgoingMail.kind == kind)
        for kind in (MailKind.QUOTE_SIGNED_CLIENT, MailKind.QUOTE_SIGNED_REP)
    ]
    assert mails == [1, 1]
    assert count(QuoteVersion, QuoteVersion.state == VersionState.SIGNED) == 1


class Guards:
    """What stands between two signatures. Each can be taken out in the database or on the way there; our code stays as it is."""

    LOCK, REVISION, UNIQUE = "row lock", "revision", "unique index"

    def __init__(self, kept: set[str]) -> None:
        self.kept = kept

    @contextlib.contextmanager
    def standing(self) -> Iterator[None]:
        dropped = [] if self.UNIQUE in self.kept else self._drop_unique()
        try:
            with listening("before_cursor_execute", self._rewrite, retval=True):
                yield
        finally:
            db.session.rollback()
            with db.engine.begin() as connection:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                for table in ("signatures", "orders"):
                    connection.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 - one of two names
                connection.exec_driver_sql("DELETE FROM outgoing_mails")
                for statement in dropped:
                    connection.exec_driver_sql(statement)

    def _rewrite(self, _connection, _cursor, statement, parameters, _context, _many):
        if self.LOCK not in self.kept and LOCK.search(statement):
            statement = re.sub(r" FOR UPDATE.*", "", statement, flags=re.DOTALL)
        if self.REVISION not in self.kept and statement.startswith("UPDATE quote"):
            statement = re.sub(r" AND quote(s|_versions)\.revision = %\(\w+\)s(::\w+)?", "", statement)
        return statement, parameters

    def _drop_unique(self) -> list[str]:
        """Drops every unique index and constraint of these tables but the primary keys; gives the statements that bring them back."""
        back = []
        with db.engine.begin() as connection:
            for table in ("signatures", "orders", "quote_versions", "outgoing_mails", "documents"):
                for each in sa.inspect(connection).get_unique_constraints(table):
                    connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {each['name']}")
                    back.append(
                        f"ALTER TABLE {table} ADD CONSTRAINT {each['name']} UNIQUE ({', '.join(each['column_names'])})"
                    )
        return back


def test_without_any_guard_several_signatures_pass_so_the_race_is_a_real_one(pressing):
    with Guards(set()).standing(), meeting_after_reading(SIGNERS, patience=5):
        answers = at_once(pressing)
        assert count(Signature) > 1
        assert sum(answer.status == 303 for answer in answers) > 1
        assert count(OutgoingMail, OutgoingMail.kind == MailKind.QUOTE_SIGNED_CLIENT) > 1


@pytest.mark.parametrize("guard", [Guards.LOCK, Guards.REVISION, Guards.UNIQUE])
def test_each_guard_alone_suffices(pressing, guard):
    with (
        Guards({guard}).standing(),
        meeting_after_reading(SIGNERS, patience=0.5 if guard == Guards.LOCK else 5),
    ):
        answers = at_once(pressing)
        assert (count(Signature), count(Order)) == (1, 1)
        assert sum(answer.status == 303 for answer in answers) == 1
        if (
            guard != Guards.UNIQUE
        ):  # the last line of defence stops with an error, behind the two that answer politely
            assert sorted(answer.status for answer in answers) == [303] + [409] * 7


def test_a_double_click_ends_twice_on_the_confirmation(site):
    _, link = a_sent_quote()
    press = site.filled_form(link)
    with meeting_before_the_lock(2):
        answers = at_once([press, press])
    assert [(answer.status, answer.location.endswith("/signed")) for answer in answers] == [(303, True)] * 2
    assert site.ask("GET", answers[0].location).status == 200
    assert (
        count(Signature),
        count(Order),
        count(OutgoingMail, OutgoingMail.kind == MailKind.QUOTE_SIGNED_CLIENT),
    ) == (1, 1, 1)


def test_a_rep_who_saves_all_the_time_never_costs_a_signature(app, site):
    rounds = 20
    a_seller()
    rep = a_member()
    buyer = a_client(rep)
    opportunity = [an_opportunity(rep, buyer) for _ in range(rounds)]
    presses = [site.filled_form(a_sent_quote(each)[1]) for each in opportunity]
    signed = threading.Event()
    saved = []

    def save_over_and_over() -> None:
        with app.app_context():
            while not signed.is_set():
                with contextlib.suppress(StaleRevision), unit_of_work() as session:
                    row = session.get_one(Opportunity, opportunity[len(answers) % rounds])
                    row.notes = f"vu à {clock.now()}"
                    saved.append(row.id)
                time.sleep(0.002)

    answers: list[Answer] = []
    with ThreadPoolExecutor(1) as pool:
        saving = pool.submit(save_over_and_over)
        try:
            for press in presses:
                answers.append(press())  # noqa: PERF401 - the rep looks how far we are
        finally:
            signed.set()
        saving.result()
    assert [answer.status for answer in answers] == [303] * rounds
    assert (count(Signature), count(Order)) == (rounds, rounds)
    assert len(saved) > rounds


@pytest.mark.parametrize("attempt", range(6))
def test_signing_against_a_new_version_has_exactly_one_winner(app, site, attempt):
    quote, link = a_sent_quote()
    press = site.filled_form(link)

    def send_the_next_version() -> Answer:
        time.sleep(attempt % 3 * 0.004)
        with app.app_context():
            try:
                a_further_link(quote)
            except Conflict:
                return Answer(409, "", "")
            return Answer(303, "", "")

    with meeting_before_the_lock(2):
        signing, sending = at_once([press, send_the_next_version])
    with app.app_context():
        rows = db.session.execute(
            sa.select(QuoteVersion.number, QuoteVersion.state).order_by(QuoteVersion.number)
        ).all()
        states, closed = [state for _number, state in rows], db.session.get_one(Quote, quote).closed_at
    if sending.status == 409:
        assert (signing.status, states, count(Signature), count(Order)) == (303, [VersionState.SIGNED], 1, 1)
        assert closed is not None
    else:
        assert (signing.status, states, count(Signature), count(Order)) == (
            409,
            [VersionState.SUPERSEDED, VersionState.SENT],
            0,
            0,
        )
        assert closed is None
        again = Page(signing.text)
        fields = again.form("/sign")["fields"]
        assert ("(version 2)" in again.text, fields["mention"], "consent" in fields) == (
            True,
            "Bon pour accord",
            False,
        )
        assert site.ask("POST", again.form("/sign")["action"], {**fields, "consent": "y"}).status == 303


def test_who_presses_in_time_is_in_time_however_long_the_lock_takes(site):
    quote, link = a_sent_quote()
    press = site.filled_form(link)
    closes_at = clock.now() + timedelta(seconds=0.7)
    db.session.rollback()
    with db.engine.begin() as connection:  # as if the last day ended now
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.execute(sa.update(QuoteVersion).values(closes_at=closes_at))
    with ThreadPoolExecutor(1) as pool:
        with db.engine.begin() as holder:
            holder.execute(sa.select(Quote.id).where(Quote.id == quote).with_for_update())
            waiting = pool.submit(press)
            while clock.now() <= closes_at:
                time.sleep(0.02)
            assert not waiting.done()
        assert waiting.result().status == 303
    assert site.ask("GET", f"{address_of(link)}/signed").status == 200
