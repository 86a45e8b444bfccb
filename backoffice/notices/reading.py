"""Notices become read: the one that is opened, or all that were shown."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.notices.models import Notice
from backoffice.notices.queries import own_notice


def read_one(session: Session, notice_id: int, staff_id: int, *, at: datetime) -> Notice:
    """The first reading counts. Raises NotFound, also for somebody else's."""
    notice = own_notice(session, notice_id, staff_id)
    _read(session, staff_id, Notice.id == notice_id, at=at)
    return notice


def read_shown(
    session: Session, staff_id: int, shown: Collection[int], *, older_than: int | None, at: datetime
) -> int:
    """Those of a page, by id, and all before the one with the id ``older_than``; gives how many were unread.

    Not simply all up to the newest: on PostgreSQL a notice with a lower id may be committed after a higher one, and
    would be taken for read though nobody has seen it.
    """
    older = sa.false() if older_than is None else Notice.id < older_than
    return _read(session, staff_id, sa.or_(Notice.id.in_(shown), older), at=at)


def _read(session: Session, staff_id: int, which: sa.ColumnElement[bool], *, at: datetime) -> int:
    read = session.scalars(
        sa.update(Notice)
        .where(Notice.staff_id == staff_id, Notice.read_at.is_(None), which)
        .values(read_at=at)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    return len(read.all())
