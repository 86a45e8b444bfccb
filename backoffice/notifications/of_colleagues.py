"""Mails and notices owed because a colleague gave somebody a task, or deals.

Facts of both: ``title`` (of the deal) and ``client``, ``rep`` (the colleague) and ``seller``; of a task ``task``,
``task_id`` and ``due_on``; of deals ``count``: the first is named, the others are counted.
"""

from typing import Any

from sqlalchemy.orm import Session

from backoffice.agenda.events import TaskPlanned
from backoffice.agenda.models import Task
from backoffice.clients.models import Client
from backoffice.notices.models import NoticeKind
from backoffice.notices.telling import News, tell
from backoffice.opportunities.models import Opportunity
from backoffice.people.events import DealsHandedOver
from backoffice.seller.models import ONLY, Seller
from backoffice.staff.models import StaffMember


def tell_assignee(event: TaskPlanned, session: Session) -> None:
    """Whoever was given something to do by another."""
    if event.assignee_id == event.by:
        return
    task = session.get_one(Task, event.task_id)
    facts = _subject(session, event.opportunity_id, event.by) | {
        "task": task.title,
        "task_id": task.id,
        "due_on": task.due_on.isoformat(),
    }
    news = News(
        NoticeKind.TASK_ASSIGNED, event.opportunity_id, facts, event.at, f"task:{task.id}:{task.revision}"
    )
    tell(session, event.assignee_id, news)


def tell_new_owner(event: DealsHandedOver, session: Session) -> None:
    """Whoever was handed deals by another, once for all of them."""
    if event.taker == event.by:
        return
    first = event.opportunity_ids[0]
    facts = _subject(session, first, event.by) | {"count": len(event.opportunity_ids)}
    cause = f"deal:{first}:{event.at:%Y%m%d%H%M%S%f}"
    tell(session, event.taker, News(NoticeKind.HANDED_OVER, first, facts, event.at, cause))


def _subject(session: Session, opportunity_id: int, by: int) -> dict[str, Any]:
    deal = session.get_one(Opportunity, opportunity_id)
    colleague = session.get_one(StaffMember, by)
    return {
        "title": deal.title,
        "client": session.get_one(Client, deal.client_id).name,
        "rep": {"name": colleague.name, "phone": colleague.phone, "email": colleague.email},
        "seller": session.get_one(Seller, ONLY).shown_name,
    }
