"""A test e-mail, sent at once over the same way as every other, and what came of it."""

from datetime import datetime, timedelta

import flask_mail
import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.notifications.mails import new_message_id
from backoffice.notifications.models import MailState, OutgoingMail
from backoffice.notifications.smtp import Correspondent, Letter, send
from backoffice.notifications.troubles import Told, kept, told_to_reader
from backoffice.settings import MailSettings

LONGEST = 25
"""Seconds that the reader waits for the server."""
LATE = timedelta(minutes=5)
"""After that a mail that nobody tried to send means that no worker runs."""


def send_trial(
    server: MailSettings, outbox: flask_mail._Mail, *, to: Correspondent, seller: str, at: datetime
) -> Told | None:
    """None when the server has taken it; else the trouble. Slow: never inside a unit of work."""
    words = gettext("Your mail server takes e-mails from Accord: your clients will get theirs.")
    try:
        letter = Letter(
            message_id=new_message_id(server.sender.rpartition("@")[2]),
            sender=Correspondent(name=seller, address=server.sender),
            recipient=to,
            reply_to=None,
            written_at=at,
            subject=gettext("Test e-mail from Accord"),
            text=f"{words}\n",
            html=f"<!doctype html><html><body><p>{words}</p></body></html>",
        )
        send(letter, server, outbox, seconds=min(LONGEST, 3 * server.timeout))
    except Exception as error:  # noqa: BLE001 - whatever it is, the reader is to be told
        return told_to_reader(kept(error))
    return None


def late_mails(session: Session, at: datetime) -> int:
    """How many wait although nobody has tried yet: the worker does that, and seems not to run."""
    return session.scalars(
        sa.select(sa.func.count())
        .select_from(OutgoingMail)
        .where(
            OutgoingMail.state == MailState.QUEUED,
            OutgoingMail.attempts == 0,
            OutgoingMail.document_id.is_(None),
            OutgoingMail.available_at < at - LATE,
        )
    ).one()
