"""Why a mail did not leave: kept as a word of ours with what the server said, told in the reader's language."""

import enum
import smtplib
from dataclasses import dataclass

from flask_babel import gettext

from backoffice.notifications.smtp import RefusedForGood, Unsendable, told


class Trouble(enum.StrEnum):
    UNSENDABLE = "unsendable"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    LATER = "later"
    PASSWORD = "password"  # noqa: S105 - a word of ours, no password
    UNREACHABLE = "unreachable"
    FAULT = "fault"


class LinkWithdrawn(Exception):
    """The page that the mail leads to is closed."""


@dataclass(frozen=True)
class Told:
    """A sentence, and the words of a server or a library, in whatever language they are."""

    sentence: str
    quoted: str


def kept(error: Exception) -> str:
    """What ``OutgoingMail.last_error`` keeps: the trouble, and what was said if anything was."""
    match error:
        case LinkWithdrawn():
            return Trouble.WITHDRAWN.value
        case Unsendable():
            return Trouble.UNSENDABLE.value
        case RefusedForGood():
            trouble = Trouble.REFUSED
        case smtplib.SMTPAuthenticationError():
            trouble = Trouble.PASSWORD
        case smtplib.SMTPResponseException() | smtplib.SMTPRecipientsRefused():
            trouble = Trouble.LATER
        case OSError():  # with the other errors of smtplib
            trouble = Trouble.UNREACHABLE
        case _:
            trouble = Trouble.FAULT
    return f"{trouble.value}: {told(error)}"[:400]


def told_to_reader(last_error: str) -> Told:
    """The sentence for what ``kept`` kept."""
    word, _, said = last_error.partition(": ")
    sentences = {
        Trouble.UNSENDABLE: gettext("An address or a name in this e-mail has characters that no e-mail may hold."),
        Trouble.WITHDRAWN: gettext("The link was withdrawn before the e-mail could leave."),
        Trouble.REFUSED: gettext("The mail server refuses this e-mail for good. It says:"),
        Trouble.LATER: gettext("The mail server asks to try again later. It says:"),
        Trouble.PASSWORD: gettext("The mail server does not accept the user name and password set up. It says:"),
        Trouble.UNREACHABLE: gettext("The mail server does not answer. The error:"),
        Trouble.FAULT: gettext("Accord could not write this e-mail. The error:"),
    }  # fmt: skip
    try:
        return Told(sentences[Trouble(word)], said)
    except ValueError:
        return Told("", last_error)
