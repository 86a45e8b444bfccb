"""Letters over SMTP: written so that any server can read them, sent in bounded time."""

import contextlib
import re
import smtplib
import socket
import ssl
import threading
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, formataddr
from types import TracebackType
from typing import Self

import flask_mail
from email_validator import EmailNotValidError, validate_email

from backoffice.settings import MailSettings

_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_FOR_GOOD = 500
_LONG_HEADER = 60
_AGAIN_SECONDS = 0.5


class Unsendable(Exception):
    """Something in the letter's head cannot be written in a mail; trying again changes nothing."""


class RefusedForGood(Exception):
    """The server says that this recipient or this message will never be accepted (RFC 5321, 5yz)."""


@dataclass(frozen=True)
class Attachment:
    name: str
    data: bytes
    media_type: str = "application/pdf"


@dataclass(frozen=True, kw_only=True)
class Correspondent:
    """Who writes, receives or is answered; the name may be empty."""

    name: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail complete but for the wire. ``message_id`` with its angle brackets."""

    message_id: str
    sender: Correspondent
    recipient: Correspondent
    reply_to: Correspondent | None
    written_at: datetime
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()

    def as_bytes(self) -> bytes:
        """The letter as a message of RFC 5322, in seven-bit lines; raises Unsendable."""
        if not _MESSAGE_ID.fullmatch(self.message_id):
            raise Unsendable("the message identifier is malformed")
        head = {
            "From": _written(self.sender, "From"),
            "To": _written(self.recipient, "To"),
            "Subject": _words(_printable(self.subject), "Subject"),
            "Date": format_datetime(self.written_at),
            "Message-ID": self.message_id,
            # RFC 3834: no out-of-office answers to a machine.
            "Auto-Submitted": "auto-generated",
        }
        if self.reply_to is not None:
            head["Reply-To"] = _written(self.reply_to, "Reply-To")
        # Not by EmailMessage: in Python 3.11 it puts a second space into long names that it folds.
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        return lines.encode("ascii") + self._body().as_bytes()

    def _body(self) -> EmailMessage:
        body = EmailMessage(policy=SMTP_POLICY)
        body.set_content(self.text, cte="quoted-printable")
        body.add_alternative(self.html, subtype="html", cte="quoted-printable")
        for each in self.attachments:
            main, _, sub = each.media_type.partition("/")
            body.add_attachment(each.data, maintype=main, subtype=sub, filename=_printable(each.name))
        return body


def ascii_address(address: str) -> str:
    """An address that every server understands: the domain in IDNA 2008; raises Unsendable."""
    try:
        # Whether the domain exists is for the mail server to find out: it may be one of the house.
        written = validate_email(
            _printable(address), check_deliverability=False, globally_deliverable=False
        ).ascii_email
    except EmailNotValidError as error:
        raise Unsendable(str(error)) from None
    if written is None:
        raise Unsendable("the address has letters that mail cannot carry")
    return written


def is_writable(who: Correspondent) -> bool:
    """Whether a head can name them."""
    try:
        _written(who, "Reply-To")
    except Unsendable:
        return False
    return True


def send(letter: Letter, settings: MailSettings, outbox: flask_mail._Mail, *, seconds: float) -> None:
    """Hand the letter to the server within ``seconds`` in all; on return the server has accepted it.

    Raises Unsendable, RefusedForGood, or whatever went wrong this once (OSError, smtplib.SMTPException).
    """
    message = _Message(letter)
    with _Watchdog(seconds) as watchdog, _Connection(outbox, settings, watchdog) as connection:
        try:
            connection.send(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            _for_good(code, words, error)
            raise
        except smtplib.SMTPDataError as error:
            _for_good(error.smtp_code, error.smtp_error, error)
            raise


class _Message(flask_mail.Message):
    """Flask-Mail's envelope around our own letter."""

    def __init__(self, letter: Letter) -> None:
        self._written = letter.as_bytes()
        super().__init__(
            recipients=[ascii_address(letter.recipient.address)], sender=ascii_address(letter.sender.address)
        )
        self.msgId = letter.message_id

    def as_bytes(self) -> bytes:
        return self._written


class _Connection(flask_mail.Connection):
    """Flask-Mail's connection with what it lacks: time-outs, checked certificates, an end that hides nothing."""

    def __init__(self, outbox: flask_mail._Mail, settings: MailSettings, watchdog: "_Watchdog") -> None:
        super().__init__(outbox)  # type: ignore[arg-type]  # it wants the settings, whatever its annotation says
        self._settings = settings
        self._watchdog = watchdog

    def configure_host(self) -> smtplib.SMTP:
        settings = self._settings
        kind = _WatchedOverTLS if settings.use_ssl else _Watched
        host = kind(settings, self._watchdog)
        try:
            if settings.use_tls and not settings.use_ssl:
                host.starttls(context=ssl.create_default_context())
            if settings.username and settings.password:
                host.login(settings.username, settings.password)
        except BaseException:
            host.close()
            raise
        return host

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.host is None:
            return
        if error is None:
            # Accepted is accepted: a failing farewell must not have the letter sent again.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.host.quit()
        self.host.close()


class _Watchdog:
    """Cuts the connection when the time is over: socket time-outs alone let a server that drips go on for ever."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._over = threading.Event()
        self._server: smtplib.SMTP | None = None
        self._thread = threading.Thread(target=self._keep_watch, name="smtp-watchdog", daemon=True)

    def watch(self, server: smtplib.SMTP) -> None:
        self._server = server

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _keep_watch(self) -> None:
        wait = self._seconds
        while not self._over.wait(wait):
            # Again and again: a connection may still be in the making.
            wait = _AGAIN_SECONDS
            link = self._server.sock if self._server is not None else None
            if link is not None:
                with contextlib.suppress(OSError):
                    # Not SSLSocket's own method: it would let the other thread go on in clear text.
                    socket.socket.shutdown(link, socket.SHUT_RDWR)


class _Watched(smtplib.SMTP):
    def __init__(self, settings: MailSettings, watchdog: _Watchdog) -> None:
        watchdog.watch(self)
        super().__init__(settings.server, settings.port, _own_name(settings), timeout=settings.timeout)


class _WatchedOverTLS(smtplib.SMTP_SSL):
    def __init__(self, settings: MailSettings, watchdog: _Watchdog) -> None:
        watchdog.watch(self)
        context = ssl.create_default_context()
        super().__init__(
            settings.server, settings.port, _own_name(settings), timeout=settings.timeout, context=context
        )


def _own_name(settings: MailSettings) -> str:
    """What EHLO says; asking the resolver for it, as smtplib would, can take long."""
    return settings.sender.rpartition("@")[2].strip("> ")


def _for_good(code: int, words: bytes | str, error: Exception) -> None:
    if code >= _FOR_GOOD:
        raise RefusedForGood(f"{code} {_decoded(words)}") from error


def told(error: BaseException) -> str:
    """What went wrong in a few words, without any address of a page: servers like to quote what they refuse."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            words = "; ".join(f"{code} {_decoded(text)}" for code, text in error.recipients.values())
        case smtplib.SMTPResponseException():
            words = f"{error.smtp_code} {_decoded(error.smtp_error)}"
        case Unsendable() | RefusedForGood() | smtplib.SMTPException():
            words = str(error)
        case OSError():
            words = error.strerror or type(error).__name__
        case _:
            words = type(error).__name__
    return _SECRET.sub("…", " ".join(words.split()))[:400]


_SECRET = re.compile(r"https?:\S+|/p/\S+|[\w.~+/=-]{24,}", re.IGNORECASE)
"""Web addresses, and any word long enough to be a token."""


def _decoded(words: bytes | str) -> str:
    return words if isinstance(words, str) else words.decode("utf-8", "replace")


def _printable(text: str) -> str:
    """``text`` unless it holds characters that could end a header line or hide in it."""
    if any(unicodedata.category(each) in _UNSEEN for each in text):
        raise Unsendable("a header holds control characters")
    return text


def _words(text: str, header: str) -> str:
    """``text`` as a header may hold it: as it is when short and plain, otherwise in encoded words (RFC 2047)."""
    if text.isascii() and "=?" not in text and len(text) < _LONG_HEADER:
        return text
    return Header(text, "utf-8", header_name=header).encode(linesep="\r\n")


def _written(who: Correspondent, header: str) -> str:
    address = ascii_address(who.address)
    name = _printable(who.name)
    words = _words(name, header)
    # formataddr quotes what needs quotes; an encoded word must not be quoted.
    return formataddr((name, address)) if words == name else f"{words} <{address}>"
