"""Deals with mails and papers owed, and an SMTP server on loopback that behaves as told."""

import asyncio
import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from backoffice import clock
from backoffice.links.models import Channel
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.settings import MailSettings
from backoffice.work import unit_of_work
from tests.factories import a_sent_quote, an_opportunity


@dataclass
class Mailbox:
    """What the server received, and how it is to behave."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    recipient_answer: str | None = None
    data_answer: str | None = None
    stall: float = 0.0
    drip: bool = False
    rude: bool = False
    on_data: Callable[[], None] | None = None

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient_answer:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.drip:
            while True:
                await server.push("250-still thinking")
                await asyncio.sleep(0.05)
        await asyncio.sleep(self.stall)
        if self.on_data:
            self.on_data()
        if self.data_answer:
            return self.data_answer
        self.envelopes.append(envelope)
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        return "421 go away" if self.rude else "221 Bye"

    def only(self) -> EmailMessage:
        assert len(self.messages) == 1
        return self.messages[0]


@pytest.fixture
def smtp() -> Iterator[Mailbox]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        mailbox = Mailbox(port=free.getsockname()[1])
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, server_hostname="mail.test")
    controller.start()
    yield mailbox
    controller.stop()


@pytest.fixture
def served(serve: Callable[[], None], smtp: Mailbox) -> Mailbox:
    """The application sends through the server of the test."""
    serve()
    return smtp


@pytest.fixture
def serve(app: Flask, smtp: Mailbox) -> Iterator[Callable[[], None]]:
    """Sets up the server when called."""
    before = app.extensions["accord"]
    yield lambda: configure(app, smtp.port)
    app.extensions["accord"] = before


@pytest.fixture
def facts() -> dict[str, Any]:
    return dict(FACTS)


def configure(app: Flask, port: int, timeout: int = 5) -> None:
    server = MailSettings(
        server="127.0.0.1",
        port=port,
        username=None,
        password=None,
        use_tls=False,
        use_ssl=False,
        sender="devis@duval.example",
        timeout=timeout,
    )
    app.extensions["accord"] = replace(app.extensions["accord"], mail=server)


@dataclass(frozen=True)
class Deal:
    opportunity_id: int
    quote_id: int
    link_id: int


@pytest.fixture
def deal(app: Flask) -> Deal:
    """A sent quote whose link was copied by hand: no mail is owed yet."""
    opportunity = an_opportunity()
    quote, link = a_sent_quote(opportunity, channel=Channel.COPIED)
    return Deal(opportunity, quote, link.id)


FACTS: dict[str, Any] = {
    "quote_number": "D-2026-0042",
    "version": 1,
    "title": {"fr": "Remplacement de fenêtres", "en": "New windows"},
    "gross": 780240,
    "net": 709309,
    "currency": "EUR",
    "seller": "Atelier Duval",
    "rep": {"name": "Léa Fontaine", "phone": "02 96 00 00 00", "email": "lea@duval.example"},
    "valid_until": "2026-12-20",
    "standing": "consumer",
    "order_number": "C-2026-0007",
    "signer": "Zoé Müller",
    "signer_function": "",
    "client": "Zoé Müller",
    "signed_at": "2026-11-22T09:14:03Z",
    "said_by": "Zoé Müller",
    "method": "telephone",
    "accepted_on": "2026-11-21",
    "recorded_by": "Léa Fontaine",
    "words": "Une porte de moins,\ns’il vous plaît.",
    "reply": "C’est noté.",
    "reason": {"fr": "Prix", "en": "Price"},
    "task": "Rappeler",
    "task_id": 1,
    "due_on": "2026-12-01",
    "count": 3,
    "mail_id": 1,
    "to": "Zoé Müller",
    "trouble": "refused: 550 no such person",
}

WriteMail = Callable[..., int]


@pytest.fixture
def write_mail(app: Flask, deal: Deal) -> WriteMail:
    """Owe a mail of the deal; keyword arguments replace its columns. Returns its id."""
    counter = iter(range(1, 1000))

    def write(**columns: Any) -> int:
        number = next(counter)
        at = clock.now()
        values: dict[str, Any] = {
            "message_id": f"<{number:032x}@duval.example>",
            "kind": MailKind.QUOTE_INVITATION,
            "cause": f"test:{number}",
            "language": "fr",
            "recipient_name": "Zoé Müller",
            "recipient_email": "zoe@client.example",
            "reply_to": "lea@duval.example",
            "facts": FACTS,
            "link_id": deal.link_id,
            "opportunity_id": deal.opportunity_id,
            "created_at": at,
            "available_at": at,
        }
        with unit_of_work() as session:
            mail = OutgoingMail(**{**values, **columns})
            session.add(mail)
        return mail.id

    return write


@pytest.fixture
def mail_row(app: Flask) -> Callable[[int], OutgoingMail]:
    """A mail as the table has it now."""

    def row(mail_id: int) -> OutgoingMail:
        with unit_of_work() as session:
            return session.scalars(sa.select(OutgoingMail).where(OutgoingMail.id == mail_id)).one()

    return row
