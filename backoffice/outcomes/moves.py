"""How a deal came to its phase, and taking back what moved it there by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.errors import Conflict
from backoffice.opportunities.models import Opportunity
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import AGREED
from backoffice.timeline.models import EntryKind, TimelineEntry

MOVES = (
    EntryKind.PHASE_MOVED,
    EntryKind.MOVE_UNDONE,
    EntryKind.OPPORTUNITY_LOST,
    EntryKind.OPPORTUNITY_EXPIRED,
    EntryKind.OPPORTUNITY_REOPENED,
)


class NothingToUndo(Conflict):
    def sentence(self) -> str:
        return gettext("The opportunity has moved since, or moved by hand: there is nothing to undo.")


@dataclass(frozen=True)
class Move:
    """From phase ``former`` to ``phase``; ``by_itself`` when a quote moved the deal, not a person."""

    entry_id: int
    former: int
    phase: int
    by_itself: bool


def moves_of(session: Session, opportunity_id: int) -> Sequence[Move]:
    """The newest first."""
    rows = session.execute(
        sa.select(TimelineEntry.id, TimelineEntry.kind, TimelineEntry.facts)
        .where(TimelineEntry.opportunity_id == opportunity_id, TimelineEntry.kind.in_(MOVES))
        .order_by(TimelineEntry.id.desc())
        .limit(20)
    )
    return [
        Move(key, facts["from"], facts["to"], kind is EntryKind.PHASE_MOVED and "because" in facts)
        for key, kind, facts in rows
    ]


def undoable(moves: Sequence[Move], phase_id: int) -> Move | None:
    """The last move, if it came by itself and the deal is still where it led."""
    last = moves[0] if moves else None
    return last if last is not None and last.by_itself and last.phase == phase_id else None


def is_agreed(session: Session, opportunity_id: int) -> bool:
    """Whether some quote of the deal is signed or accepted: then it is neither given up nor moved back."""
    agreed = Quote.versions.any(QuoteVersion.state.in_(AGREED))
    query = sa.select(Quote.id).where(Quote.opportunity_id == opportunity_id, agreed).limit(1)
    return session.scalar(query) is not None


def undo(session: Session, deal: Opportunity, *, by: int, at: datetime) -> None:
    """Back to the phase before the last move that came by itself. ``deal`` is locked.

    Raises NothingToUndo, also of a deal that is agreed: the order moved it, and stays.
    """
    move = undoable(moves_of(session, deal.id), deal.phase_id)
    if move is None or is_agreed(session, deal.id):
        raise NothingToUndo(opportunity=deal.id)
    deal.phase_id = move.former
    deal.lost_reason_id, deal.lost_words = None, ""
    facts = {"from": move.phase, "to": move.former, "undone": move.entry_id}
    session.add(
        TimelineEntry(opportunity_id=deal.id, at=at, kind=EntryKind.MOVE_UNDONE, staff_id=by, facts=facts)
    )
