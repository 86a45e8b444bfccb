"""What stands around the paper of a deal: whose it is, what is to be done for it, its files, how it may end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.agenda.models import Task
from backoffice.agenda.queries import tasks_of_deal
from backoffice.catalogue.search import folded
from backoffice.db import Bilingual
from backoffice.files.keeping import ListedFile, files_of
from backoffice.opportunities.models import Opportunity, Outcome
from backoffice.opportunities.queries import Visible
from backoffice.outcomes.closing import GIVEN_UP, phases_for
from backoffice.outcomes.moves import Move, is_agreed, moves_of, undoable
from backoffice.reasons.models import Reason
from backoffice.staff.models import StaffMember
from backoffice.staff.sellers import sellers_of_firm


@dataclass(frozen=True, kw_only=True)
class Around:
    """``undoable``: the move by itself that may be taken back; ``reason``: why the deal is lost, while it is.

    ``late``: ids of the tasks that are; ``people``: who may be given one; ``ends``: how it may be given up.
    """

    owner: str
    people: Sequence[tuple[int, str]]
    tasks: Sequence[Task]
    late: frozenset[int]
    today: date
    files: Sequence[ListedFile]
    undoable: Move | None
    is_given_up: bool
    ends: Sequence[Outcome]
    reason: Bilingual | None
    sources: Sequence[str]

    @property
    def open_tasks(self) -> Sequence[Task]:
        return [task for task in self.tasks if not task.is_done]

    @property
    def done_tasks(self) -> Sequence[Task]:
        return [task for task in self.tasks if task.is_done]

    @property
    def shown_files(self) -> Sequence[ListedFile]:
        return [each for each in self.files if each.file.archived_at is None]

    @property
    def hidden_files(self) -> Sequence[ListedFile]:
        return [each for each in self.files if each.file.archived_at is not None]


def around(session: Session, deal: Opportunity, *, at: datetime, on: date, zone: str) -> Around:
    """From as many statements whatever there is. ``deal`` comes with its pipeline's phases."""
    tasks = tasks_of_deal(session, deal.id)
    agreed = is_agreed(session, deal.id)
    reason = session.get(Reason, deal.lost_reason_id) if deal.lost_reason_id is not None else None
    return Around(
        owner=session.get_one(StaffMember, deal.owner_id).name,
        people=sellers_of_firm(session),
        tasks=tasks,
        late=frozenset(task.id for task in tasks if task.is_late(at, zone)),
        today=on,
        files=files_of(session, deal.id),
        undoable=None if agreed else undoable(moves_of(session, deal.id), deal.phase_id),
        is_given_up=deal.phase.outcome in GIVEN_UP,
        ends=() if agreed else phases_for(deal.phase.pipeline.phases),
        reason=reason.name if reason is not None else None,
        sources=sources_used(session, Opportunity.owner_id == deal.owner_id),
    )


def sources_used(session: Session, visible: Visible, most: int = 100) -> Sequence[str]:
    """The sources of the deals that one may see, by name.

    Each is looked up as the next one after the last: a step in the index for each source, not one for each deal.
    """
    seen = sa.and_(visible, Opportunity.archived_at.is_(None))
    least = sa.select(sa.func.min(Opportunity.source).label("source")).where(seen)
    used = least.where(Opportunity.source > "").cte("used", recursive=True)
    following = least.where(Opportunity.source > used.c.source).scalar_subquery()
    used = used.union_all(sa.select(following).where(used.c.source.is_not(None)))
    rows = session.scalars(sa.select(used.c.source).where(used.c.source.is_not(None)).limit(most))
    return sorted(rows, key=folded)
