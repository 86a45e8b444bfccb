"""The people whose deals there may be, and who may be given something to do."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.staff.models import Role, StaffMember

SELLING = (Role.REP, Role.MANAGER, Role.ADMIN)
"""As ``access.PERMISSIONS`` has it for SELL, which imports more than this."""

_WORKING = sa.and_(StaffMember.role.in_(SELLING), StaffMember.active, StaffMember.archived_at.is_(None))


def sellers_of_firm(session: Session) -> Sequence[tuple[int, str]]:
    """Id and name of everybody who sells and still works here, by name."""
    rows = session.execute(
        sa.select(StaffMember.id, StaffMember.name).where(_WORKING).order_by(StaffMember.name, StaffMember.id)
    )
    return [(key, name) for key, name in rows]


def seller_of_firm(session: Session, member_id: int) -> StaffMember | None:
    """Somebody who sells and still works here."""
    return session.scalar(sa.select(StaffMember).where(StaffMember.id == member_id, _WORKING))
