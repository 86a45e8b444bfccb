"""The real application at a real address, with the demonstration company and the real worker."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Self, TypeVar

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from werkzeug.serving import make_server

from backoffice import clock, delivery, tasks
from backoffice.clients.models import Client
from backoffice.db import db
from backoffice.demonstration import loading, showing
from backoffice.notifications.models import OutgoingMail
from backoffice.opportunities.models import Opportunity, OpportunityLine, Phase
from backoffice.quotes.queries import quote_to_act_on
from backoffice.seller.models import ONLY, Seller
from backoffice.settings import PROJECT, Settings
from backoffice.staff.models import StaffMember
from backoffice.work import unit_of_work
from tests.conftest import SECRET, closed, migrate
from tests.databases import free_port
from tests.environment import environment_with
from tests.factories import PAST, a_further_link, a_line, a_quote, a_signed_quote, order_of
from wsgi import create_app

Found = TypeVar("Found")
PATIENCE_SECONDS = 90  # a bound, not a measure


class Site:
    """One installation. Its worker is started by ``with_a_worker`` only: without, papers stay in the making."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "ACCORD_ENV": "testing",
            "ACCORD_HOME": str(home),
            "SECRET_KEY": SECRET,
            "PUBLIC_URL": self.url,
            "MAIL_USE_TLS": "0",  # the mail server of the tests is plain
        }
        self.environment |= environment
        self.app = create_app(Settings.from_environment(self.environment))
        migrate(self.app)
        self.ask(loading.load)
        facts: dict[str, Any] = self.ask(showing.facts)
        self.links: dict[str, str] = facts["links"]
        self.passwords = {each["email"]: each["password"] for each in facts["accounts"]}
        self._server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self._worker: subprocess.Popen[bytes] | None = None

    def with_a_worker(self) -> Self:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        self._worker = subprocess.Popen(
            command, cwd=PROJECT, env=environment_with(self.environment), stdin=subprocess.DEVNULL
        )
        return self

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()
        if self._worker is not None:
            self._worker.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._worker.wait(15)
            self._worker.kill()
            self._worker.wait()
        tasks.close(self.app)
        closed(self.app)

    def ask(self, question: Callable[[], Found]) -> Found:
        """``question`` answered inside the application."""
        with self.app.app_context():
            return question()

    def say(self, language: str, words: str, **facts: Any) -> str:
        """A text of the pages, as its reader gets it."""
        return self.ask(lambda: _in(language, lambda: gettext(words, **facts)))

    def sends_a_quote(
        self,
        buyer: str,
        title: str = "Étagères de l’entrée",
        *,
        lines: Sequence[OpportunityLine] = (),
        until: date | None = None,
    ) -> str:
        """Julien mails a quote, of two lines unless told which, to that client; gives the link as the mail writes it."""
        lines = lines or [
            a_line("Étagère en chêne", "3", "184.50", "10"),
            a_line("Pose sur site", "4", "54", "20"),
        ]

        def send() -> str:
            deal_id, language = _deal_of_julien(buyer, title, lines)
            at = clock.now()
            quote_id = a_quote(deal_id, at)
            if until is not None:
                with unit_of_work() as session:
                    quote_to_act_on(session, quote_id).valid_until = until
            link = a_further_link(quote_id, at, language=language)
            mail = db.session.scalars(sa.select(OutgoingMail).where(OutgoingMail.link_id == link.id)).one()
            return link_in_text(delivery.composed(mail, db.session.get_one(Seller, ONLY), link).text)

        return self.ask(send)

    def begins_a_deal(self, buyer: str, title: str, *lines: OpportunityLine) -> str:
        """Julien's, with these lines and no quote yet; gives where its page is."""
        return f"/opportunities/{self.ask(lambda: _deal_of_julien(buyer, title, lines)[0])}"

    def takes_an_order(self, buyer: str, title: str, *lines: OpportunityLine) -> int:
        """What Julien sold to that client, signed just now; gives the order's id."""
        return self.ask(lambda: order_of(a_signed_quote(_deal_of_julien(buyer, title, lines)[0])[2]))

    def speaks(self, email: str, language: str) -> None:
        """A member of the staff reads pages in that language from now on."""

        def change() -> None:
            with unit_of_work() as session:
                session.execute(
                    sa.update(StaffMember).where(StaffMember.email == email).values(language=language)
                )

        self.ask(change)


def _deal_of_julien(buyer: str, title: str, lines: Sequence[OpportunityLine]) -> tuple[int, str]:
    """Its id, and the client's language."""
    with unit_of_work() as session:
        client = session.scalars(sa.select(Client).where(Client.name == buyer)).one()
        session.refresh(client, ["contacts"])
        owner = session.scalars(
            sa.select(StaffMember).where(StaffMember.email == "julien@atelier-duval.example")
        ).one()
        phase = session.scalars(sa.select(Phase).order_by(Phase.position)).first()
        assert phase is not None
        for position, line in enumerate(lines):
            line.position = position
        deal = Opportunity(
            title=title, client_id=client.id, contact_id=client.contacts[0].id, owner_id=owner.id,
            pipeline_id=phase.pipeline_id, phase_id=phase.id, created_at=PAST, lines=[*lines],
        )  # fmt: skip
        session.add(deal)
        session.flush()
        return deal.id, client.language


def _in(language: str, words: Callable[[], str]) -> str:
    with force_locale(language):
        return words()


def link_in_text(text: str) -> str:
    """The client's link that a mail writes out."""
    found = re.search(r"https?://\S+/p/\S+", text)
    assert found is not None, text
    return found[0]


def eventually(question: Callable[[], Found | None], what: str) -> Found:
    """The first answer that is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited {PATIENCE_SECONDS} seconds in vain for {what}")
