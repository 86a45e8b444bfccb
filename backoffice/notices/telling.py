"""One of ours is told of something: by a notice, by e-mail, or both, as they have chosen.

Nothing else makes notices, and nothing else asks what was chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backoffice.notices.models import AT_FIRST, ChannelChoice, Channels, Notice, NoticeKind
from backoffice.notifications.models import MailKind
from backoffice.notifications.queueing import Person, mail_about
from backoffice.staff.models import StaffMember

MAILS: Mapping[NoticeKind, MailKind] = {
    NoticeKind.QUOTE_SIGNED: MailKind.QUOTE_SIGNED_REP,
    NoticeKind.QUOTE_ACCEPTED: MailKind.QUOTE_ACCEPTED_REP,
    NoticeKind.CHANGES_REQUESTED: MailKind.CHANGES_REQUESTED_REP,
    NoticeKind.QUOTE_REFUSED: MailKind.QUOTE_REFUSED_REP,
    NoticeKind.RENEWAL_ASKED: MailKind.RENEWAL_ASKED,
    NoticeKind.QUOTE_EXPIRED: MailKind.QUOTE_EXPIRED_REP,
    NoticeKind.MAIL_UNDELIVERED: MailKind.MAIL_UNDELIVERED,
    NoticeKind.HANDED_OVER: MailKind.HANDED_OVER,
    NoticeKind.TASK_ASSIGNED: MailKind.TASK_ASSIGNED,
}
"""The e-mail that says the same as a notice."""


@dataclass(frozen=True)
class News:
    """What there is to tell.

    ``facts`` are those of the mail too. ``cause``: of one cause one hears once by mail; ``answer``: where replies to
    the mail go, if not to ``rep``.
    """

    kind: NoticeKind
    opportunity_id: int
    facts: dict[str, Any]
    at: datetime
    cause: str
    answer: str = ""


def tell(session: Session, staff_id: int, news: News) -> None:
    """By the ways that they want to hear of it."""
    wanted = channels_of(session, staff_id, news.kind)
    if wanted.notice:
        add_notice(session, staff_id, news)
    if wanted.mail:
        reader = session.get_one(StaffMember, staff_id)
        to = Person(reader.name, reader.email, reader.language)
        mail = mail_about(news.opportunity_id, MAILS[news.kind], to, news.facts, at=news.at)
        mail.cause = news.cause
        mail.reply_to = news.answer or mail.reply_to
        session.add(mail)


def add_notice(session: Session, staff_id: int, news: News) -> None:
    """Whatever they have chosen: when the other way has failed."""
    session.add(
        Notice(
            staff_id=staff_id,
            kind=news.kind,
            opportunity_id=news.opportunity_id,
            facts=news.facts,
            created_at=news.at,
        )
    )


def channels_of(session: Session, staff_id: int, kind: NoticeKind) -> Channels:
    chosen = session.get(ChannelChoice, (staff_id, kind))
    return AT_FIRST[kind] if chosen is None else chosen.channels
