"""People who go on until they are served, and a mail server that takes its time: the world around processes that die."""

import asyncio
import contextlib
import email
import email.policy
import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Self
from urllib.parse import urlencode, urlsplit

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests import factories
from tests.journeys.crowd import Answer
from tests.reader import Page

STALL_SECONDS = 0.3
LINK = re.compile(r"http://127\.0\.0\.1:\d+(/p/\S+)")
NO_REPLY = (OSError, http.client.HTTPException)


@dataclass
class SlowMailbox:
    """A mail server that stalls inside DATA before it accepts. ``received``: Message-ID and recipient of each copy."""

    received: list[tuple[str, str]] = field(default_factory=list)
    invitations: dict[str, str] = field(default_factory=dict)
    inviting: set[object] = field(default_factory=set)
    confirming: set[object] = field(default_factory=set)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        [recipient] = envelope.rcpt_tos
        client_waits = recipient.startswith("client") and recipient not in self.invitations
        waiting = self.inviting if client_waits else self.confirming
        waiting.add(envelope)
        try:
            await asyncio.sleep(STALL_SECONDS)
        finally:
            waiting.discard(envelope)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.received.append((mail["Message-ID"], recipient))
        words = mail.get_body(("plain",))
        if words and (link := LINK.search(words.get_content())):
            self.invitations.setdefault(recipient, link[1])
        return "250 OK"


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
                headers = {
                    "Cookie": "; ".join(f"{name}={each.value}" for name, each in self._cookies.items())
                }
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
            return browser.ask(
                form["action"], form["fields"] | {"email": address, "password": factories.PASSWORD}
            )

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
