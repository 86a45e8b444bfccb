"""Making and changing tasks and appointments, and what comes of other events."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.agenda.events import TaskFinished, TaskPlanned
from backoffice.agenda.models import Task, TaskKind
from backoffice.errors import NotFound
from backoffice.opportunities.events import OpportunityOpened
from backoffice.people.events import DealsHandedOver
from backoffice.seller.models import ONLY, Seller
from backoffice.staff.models import StaffMember
from backoffice.staff.sellers import seller_of_firm

FOLLOW_UP_AFTER = timedelta(days=7)
"""When somebody looks at a new opportunity again, unless that is a weekend."""
SATURDAY = 5
WEEK = 7


@dataclass(frozen=True, kw_only=True)
class TaskFacts:
    """What was typed. ``begins``: the hour in the seller's zone; with ``minutes`` it makes an appointment."""

    title: str
    notes: str
    assignee_id: int
    due_on: date
    begins: time | None = None
    minutes: int | None = None

    @property
    def kind(self) -> TaskKind:
        return TaskKind.TASK if self.begins is None else TaskKind.APPOINTMENT


def plan(session: Session, opportunity_id: int, facts: TaskFacts, *, by: int, at: datetime) -> Task:
    """Flushed. Raises NotFound for an assignee who does not sell."""
    task = Task(opportunity_id=opportunity_id, created_by_id=by, created_at=at)
    _write(session, task, facts)
    session.add(task)
    session.flush()  # the event carries the id
    _record(task, is_new=True, by=by, at=at)
    return task


def change(session: Session, task: Task, facts: TaskFacts, *, by: int, at: datetime) -> None:
    """``task`` is locked. Raises NotFound as ``plan``."""
    former = task.assignee_id
    _write(session, task, facts)
    if task.assignee_id != former:
        _record(task, is_new=False, by=by, at=at)


def finish(task: Task, *, by: int, at: datetime) -> None:
    """Raises IllegalMove when it is done already."""
    task.finish(by=by, at=at)
    task.record(
        TaskFinished(task_id=task.id, opportunity_id=task.opportunity_id, title=task.title, by=by, at=at)
    )


def add_follow_up(event: OpportunityOpened, session: Session) -> None:
    """Nobody forgets a new opportunity: its owner is to look at it again, on a working day."""
    seller = session.get_one(Seller, ONLY)
    owner = session.get_one(StaffMember, event.owner_id)
    day = clock.day_of(event.at + FOLLOW_UP_AFTER, seller.timezone)
    if day.weekday() >= SATURDAY:
        day += timedelta(days=WEEK - day.weekday())
    with force_locale(owner.language):
        title = gettext("Follow up with the client")
    session.add(
        Task(
            kind=TaskKind.TASK,
            title=title,
            opportunity_id=event.opportunity_id,
            assignee_id=owner.id,
            due_on=day,
            created_at=event.at,
        )
    )


def tasks_go_along(event: DealsHandedOver, session: Session) -> None:
    """What the former owner still had to do for the deal is the new owner's."""
    session.execute(
        sa.update(Task)
        .where(
            Task.opportunity_id.in_(event.opportunity_ids),
            Task.assignee_id == event.giver,
            Task.done_at.is_(None),
        )
        .values(assignee_id=event.taker, revision=Task.revision + 1)
        .execution_options(synchronize_session=False)
    )


def _write(session: Session, task: Task, facts: TaskFacts) -> None:
    if facts.assignee_id != task.assignee_id and seller_of_firm(session, facts.assignee_id) is None:
        raise NotFound(member=facts.assignee_id)
    zone = ZoneInfo(
        session.get_one(Seller, ONLY).timezone
    )  # all questions first: each would store a half-written row
    task.kind, task.title, task.notes = facts.kind, facts.title, facts.notes
    task.assignee_id, task.due_on, task.minutes = facts.assignee_id, facts.due_on, facts.minutes
    task.starts_at = None
    if facts.begins is not None:
        task.starts_at = datetime.combine(facts.due_on, facts.begins, zone).astimezone(UTC)


def _record(task: Task, *, is_new: bool, by: int, at: datetime) -> None:
    task.record(
        TaskPlanned(
            task_id=task.id,
            opportunity_id=task.opportunity_id,
            assignee_id=task.assignee_id,
            is_new=is_new,
            by=by,
            at=at,
        )
    )
