"""One's own notices as the page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from backoffice.agenda.models import Task
from backoffice.agenda.queries import tasks_seen
from backoffice.errors import NotFound
from backoffice.notices.models import Notice, NoticeKind
from backoffice.notifications.models import MailState, OutgoingMail
from backoffice.notifications.troubles import Trouble
from backoffice.opportunities.models import Opportunity
from backoffice.paging import Ordering, Page, Place, page_of

LATEST = Ordering((Notice.id,), descending=True)
"""As they came in: an expiry is recorded after the moment that it tells."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """``leads``: whether its reader may open what it tells of; ``can_send``: whether that is a mail to send again."""

    notice: Notice
    leads: bool
    can_send: bool

    @property
    def quote_to_readdress(self) -> int | None:
        """The quote whose link went to a wrong address: sending the same mail again would not help."""
        facts = self.notice.facts
        refused = self.can_send and facts["trouble"].startswith(Trouble.REFUSED.value)
        return facts["quote_id"] if refused else None


def notices_of(session: Session, staff_id: int, visible: ColumnElement[bool], place: Place) -> Page:
    """A page of Listed, from three statements at most. ``visible``: whose deals one sees."""
    found = sa.select(Notice, _deal_is(visible)).where(Notice.staff_id == staff_id)
    page = page_of(session, found, LATEST, place)
    rows = [row[0] for row in page.rows]
    reached = {notice.id for notice, deal in page.rows if deal}
    return replace(page, rows=_listed(session, rows, reached, staff_id, visible))


def listed(session: Session, notice: Notice, visible: ColumnElement[bool]) -> Listed:
    """One of them."""
    deal = session.scalar(sa.select(_deal_is(visible)).where(Notice.id == notice.id))
    reached = {notice.id} if deal else set()
    return _listed(session, [notice], reached, notice.staff_id, visible)[0]


def own_notice(session: Session, notice_id: int, staff_id: int) -> Notice:
    """Raises NotFound, also for somebody else's."""
    notice = session.scalar(sa.select(Notice).where(Notice.id == notice_id, Notice.staff_id == staff_id))
    if notice is None:
        raise NotFound(notice=notice_id)
    return notice


def newest_unread(session: Session, staff_id: int) -> Notice | None:
    return session.scalar(
        sa.select(Notice)
        .where(Notice.staff_id == staff_id, Notice.read_at.is_(None))
        .order_by(Notice.id.desc())
        .limit(1)
    )


def _deal_is(visible: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        sa.exists()
        .where(Opportunity.id == Notice.opportunity_id, Opportunity.archived_at.is_(None), visible)
        .correlate(Notice)
    )


def _listed(
    session: Session,
    notices: Iterable[Notice],
    reached: set[int],
    staff_id: int,
    visible: ColumnElement[bool],
) -> list[Listed]:
    notices = list(notices)
    tasks = _named(notices, NoticeKind.TASK_ASSIGNED, "task_id")
    seen = _tasks_among(session, tasks, staff_id, visible) if tasks else set()
    mails = _named(notices, NoticeKind.MAIL_UNDELIVERED, "mail_id")
    failed = _failed_among(session, mails) if mails else set()
    return [
        Listed(
            notice=each,
            leads=each.facts["task_id"] in seen
            if each.kind is NoticeKind.TASK_ASSIGNED
            else each.id in reached,
            can_send=each.id in reached and each.facts.get("mail_id") in failed,
        )
        for each in notices
    ]


def _named(notices: Iterable[Notice], kind: NoticeKind, fact: str) -> set[int]:
    return {each.facts[fact] for each in notices if each.kind is kind}


def _tasks_among(session: Session, tasks: set[int], staff_id: int, visible: ColumnElement[bool]) -> set[int]:
    return set(
        session.scalars(
            sa.select(Task.id)
            .join(Opportunity, Opportunity.id == Task.opportunity_id)
            .where(Task.id.in_(tasks), Opportunity.archived_at.is_(None), tasks_seen(visible, staff_id))
        )
    )


def _failed_among(session: Session, mails: set[int]) -> set[int]:
    return set(
        session.scalars(
            sa.select(OutgoingMail.id).where(
                OutgoingMail.id.in_(mails), OutgoingMail.state == MailState.FAILED
            )
        )
    )
