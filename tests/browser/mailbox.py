"""An SMTP server on loopback that keeps what it gets."""

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.browser.site import eventually, link_in_text


@dataclass
class Mailbox:
    port: int
    received: list[EmailMessage] = field(default_factory=list)

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
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    box = Mailbox(port)
    controller = Controller(box, hostname="127.0.0.1", port=port, server_hostname="mail.test")
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
