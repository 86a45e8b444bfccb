"""An SMTP server on loopback that keeps what it gets."""

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.browser.site import eventually, link_in_text
from tests.databases import free_port


@dataclass
class Mailbox:
    """``unknown``: addresses that it refuses for good."""

    port: int
    received: list[EmailMessage] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.unknown:
            return f"550 5.1.1 no such person: {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.received.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def letter(self, to: str, about: str, since: int = 0) -> EmailMessage:
        """The first letter to that address whose text holds ``about``, once it has come."""

        def come() -> EmailMessage | None:
            return next(
                (
                    each
                    for each in self.received[since:]
                    if to in str(each["To"]) and about in plain_text(each)
                ),
                None,
            )

        return eventually(come, f"a letter to {to} about {about}")


def plain_text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(letter: EmailMessage) -> str:
    return link_in_text(plain_text(letter))


@contextmanager
def mailbox_listening() -> Iterator[Mailbox]:
    box = Mailbox(free_port())
    with listening(box):
        yield box


@contextmanager
def listening(box: Mailbox) -> Iterator[None]:
    """While this lasts somebody answers at its port."""
    controller = Controller(box, hostname="127.0.0.1", port=box.port, server_hostname="mail.test")
    controller.start()
    try:
        yield
    finally:
        controller.stop()
