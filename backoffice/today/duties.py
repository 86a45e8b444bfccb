"""Tasks and appointments: today's in the order of the clock, then what is late, the latest first."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql import Select

from backoffice.agenda.models import Task
from backoffice.opportunities.models import Opportunity
from backoffice.paging import Ordering
from backoffice.today.sight import SHOWN, Sight

LATEST = Ordering((Task.due_on, Task.id), descending=True)


def tasks_due(sight: Sight) -> Select[*tuple[Any, ...]]:
    """Open, due today or before; with the deal, its client and who is to do it."""
    return (
        sa.select(Task)
        .join(Opportunity, Opportunity.id == Task.opportunity_id)
        .where(
            Task.done_at.is_(None),
            Task.due_on <= sight.today,
            Opportunity.archived_at.is_(None),
            sight.to_do,
        )
        .options(
            joinedload(Task.opportunity).joinedload(Opportunity.client),
            joinedload(Task.assignee),
        )
    )


def tasks_of_today(session: Session, sight: Sight) -> tuple[Sequence[Task], bool]:
    """As many as are shown, from two statements, and whether there are more."""
    found = tasks_due(sight)
    hourly = (Task.starts_at.is_(None), Task.starts_at, Task.id)
    here = session.scalars(found.where(Task.due_on == sight.today).order_by(*hourly).limit(SHOWN + 1)).all()
    late = session.scalars(
        found.where(Task.due_on < sight.today).order_by(Task.due_on.desc(), Task.id.desc()).limit(SHOWN + 1)
    ).all()
    in_order = [*here, *late]
    return in_order[:SHOWN], len(in_order) > SHOWN
