"""Tasks as pages and acts load them. ``seen``: the condition of whose tasks one sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql import ColumnElement

from backoffice.agenda.models import Task
from backoffice.errors import NotFound
from backoffice.opportunities.models import Opportunity
from backoffice.opportunities.queries import Visible

MOST_DONE = 20


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """Open tasks of one person by when they are due, each group the nearest first; ``done``: the latest few."""

    late: Sequence[Task]
    today: Sequence[Task]
    coming: Sequence[Task]
    done: Sequence[Task]

    @property
    def is_empty(self) -> bool:
        return not (self.late or self.today or self.coming or self.done)


def tasks_seen(visible: Visible, member_id: int) -> ColumnElement[bool]:
    """Those of the deals one sees, and those one is to do oneself, whoever's deal it is."""
    return visible | (Task.assignee_id == member_id)


def tasks_of_deal(session: Session, opportunity_id: int) -> Sequence[Task]:
    """With who is to do them; what is open first, the nearest first."""
    return session.scalars(
        sa.select(Task)
        .where(Task.opportunity_id == opportunity_id)
        .options(joinedload(Task.assignee))
        .order_by(Task.done_at.is_not(None), Task.done_at.desc(), *_BY_TIME)
    ).all()


def agenda_of(session: Session, member_id: int, *, at: datetime, on: date, zone: str) -> Agenda:
    """From two statements. ``on``: the seller's day."""
    mine = sa.select(Task).join(Opportunity).where(Task.assignee_id == member_id).options(*_WITH_DEAL)
    in_order = session.scalars(mine.where(Task.done_at.is_(None)).order_by(*_BY_TIME)).all()
    late = [task for task in in_order if task.is_late(at, zone)]
    rest = [task for task in in_order if not task.is_late(at, zone)]
    return Agenda(
        late=late,
        today=[task for task in rest if task.due_on == on],
        coming=[task for task in rest if task.due_on != on],
        done=session.scalars(
            mine.where(Task.done_at.is_not(None))
            .order_by(Task.done_at.desc(), Task.id.desc())
            .limit(MOST_DONE)
        ).all(),
    )


def task_shown(session: Session, task_id: int, seen: ColumnElement[bool]) -> Task:
    """With its deal, the deal's client and who is to do it. Raises NotFound for a foreign one."""
    return _found(session, _task(task_id, seen).options(*_WITH_DEAL, joinedload(Task.assignee)), task_id)


def task_to_act_on(session: Session, task_id: int, seen: ColumnElement[bool]) -> Task:
    """Locked. Raises NotFound for a foreign one."""
    return _found(session, _task(task_id, seen).with_for_update(of=Task), task_id)


_BY_TIME = (Task.due_on, Task.starts_at.is_not(None), Task.starts_at, Task.id)
_WITH_DEAL = (joinedload(Task.opportunity).joinedload(Opportunity.client),)


def _task(task_id: int, seen: ColumnElement[bool]) -> sa.Select[Task]:
    return (
        sa.select(Task).join(Opportunity).where(Task.id == task_id, Opportunity.archived_at.is_(None), seen)
    )


def _found(session: Session, query: sa.Select[Task], task_id: int) -> Task:
    task = session.scalar(query)
    if task is None:
        raise NotFound(task=task_id)
    return task
