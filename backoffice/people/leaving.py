"""Somebody leaves: their work goes to a colleague in the transaction that closes their account."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.agenda.models import Task
from backoffice.clients.models import Client
from backoffice.opportunities.models import Opportunity
from backoffice.people.events import DealsHandedOver
from backoffice.staff.accounts import account_to_act_on, close, lock_administrators, refuse_last
from backoffice.staff.models import Role, StaffMember
from backoffice.staff.refusals import NobodyTakesOver, OwnAccount

SELLERS = (Role.REP, Role.MANAGER, Role.ADMIN)
"""Who can take over deals: whoever may sell."""


@dataclass(frozen=True)
class Work:
    """How much somebody looks after."""

    deals: int
    clients: int
    tasks: int

    def __bool__(self) -> bool:
        return bool(self.deals or self.clients or self.tasks)


def work_of(session: Session, member_id: int) -> Work:
    """All of it, closed deals too: their clients' links show whom to ask; of the tasks, what is to be done."""
    deals, clients, tasks = session.execute(
        sa.select(
            sa.select(sa.func.count()).where(Opportunity.owner_id == member_id).scalar_subquery(),
            sa.select(sa.func.count()).where(Client.owner_id == member_id).scalar_subquery(),
            sa.select(sa.func.count())
            .where(Task.assignee_id == member_id, Task.done_at.is_(None))
            .scalar_subquery(),
        )
    ).one()
    return Work(deals, clients, tasks)


def colleagues_of(session: Session, member_id: int) -> list[tuple[int, str]]:
    """Id and name of those who could take over."""
    rows = session.execute(
        sa.select(StaffMember.id, StaffMember.name)
        .where(
            StaffMember.id != member_id,
            StaffMember.role.in_(SELLERS),
            StaffMember.active,
            StaffMember.archived_at.is_(None),
        )
        .order_by(StaffMember.name, StaffMember.id)
    )
    return [(row.id, row.name) for row in rows]


def leave(session: Session, member_id: int, *, taker: int | None, by: int, at: datetime) -> StaffMember:
    """Close the account and hand over. Raises NotFound, OwnAccount, LastAdministrator, NobodyTakesOver."""
    administrators = lock_administrators(session)
    member = account_to_act_on(session, member_id)
    if member_id == by:
        raise OwnAccount
    refuse_last(member, administrators)
    if work_of(session, member_id):
        if taker not in {colleague for colleague, _name in colleagues_of(session, member_id)}:
            raise NobodyTakesOver
        _hand_over(session, member, taker, by=by, at=at)
    close(session, member, by=by, at=at)
    return member


def _hand_over(session: Session, member: StaffMember, taker: int, *, by: int, at: datetime) -> None:
    deals = session.scalars(
        sa.update(Opportunity)
        .where(Opportunity.owner_id == member.id)
        .values(owner_id=taker, revision=Opportunity.revision + 1)
        .returning(Opportunity.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.execute(
        sa.update(Client)
        .where(Client.owner_id == member.id)
        .values(owner_id=taker, revision=Client.revision + 1)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        sa.update(Task)
        .where(Task.assignee_id == member.id, Task.done_at.is_(None))
        .values(assignee_id=taker, revision=Task.revision + 1)
        .execution_options(synchronize_session=False)
    )
    if deals:
        member.record(
            DealsHandedOver(opportunity_ids=tuple(sorted(deals)), giver=member.id, taker=taker, by=by, at=at)
        )
