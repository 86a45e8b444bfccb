"""The list of reasons: what is offered, in which order, and how the firm changes it."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.db import Bilingual
from backoffice.errors import NotFound
from backoffice.reasons.models import Reason

IN_ORDER = (Reason.position, Reason.id)


def reasons_offered(session: Session, *, to_clients: bool = False) -> Sequence[Reason]:
    """Those that one may choose, in their order; of ours, or only those that clients may choose too."""
    offered = sa.select(Reason).where(Reason.archived_at.is_(None)).order_by(*IN_ORDER)
    return session.scalars(offered.where(Reason.for_clients) if to_clients else offered).all()


def all_reasons(session: Session) -> Sequence[Reason]:
    """The archived ones too, in their order."""
    return session.scalars(sa.select(Reason).order_by(*IN_ORDER)).all()


def reason_shown(session: Session, reason_id: int) -> Reason:
    """Raises NotFound."""
    reason = session.get(Reason, reason_id)
    if reason is None:
        raise NotFound(reason=reason_id)
    return reason


def reason_to_act_on(session: Session, reason_id: int) -> Reason:
    """Locked. Raises NotFound."""
    reason = session.scalar(sa.select(Reason).where(Reason.id == reason_id).with_for_update())
    if reason is None:
        raise NotFound(reason=reason_id)
    return reason


def offered_reason(session: Session, reason_id: int | None) -> Reason | None:
    """The reason of that id, when it is still offered."""
    reason = None if reason_id is None else session.get(Reason, reason_id)
    return reason if reason is not None and reason.is_offered else None


def add_reason(session: Session, name: Bilingual, *, for_clients: bool) -> Reason:
    """At the end of the list."""
    last = session.scalar(sa.select(sa.func.max(Reason.position))) or 0
    reason = Reason(name=name, position=last + 1, for_clients=for_clients)
    session.add(reason)
    return reason


def move_reason(session: Session, reason_id: int, *, up: bool) -> None:
    """Past its neighbour among those offered; at the end of the list nothing happens. Raises NotFound."""
    offered = list(
        session.scalars(
            sa.select(Reason).where(Reason.archived_at.is_(None)).order_by(*IN_ORDER).with_for_update()
        )
    )
    here = next((place for place, each in enumerate(offered) if each.id == reason_id), None)
    if here is None:
        raise NotFound(reason=reason_id)
    there = here - 1 if up else here + 1
    if 0 <= there < len(offered):
        offered[here], offered[there] = offered[there], offered[here]
    for position, each in enumerate(offered, start=1):
        each.position = position
