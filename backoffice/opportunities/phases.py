"""Moving a deal by hand along its pipeline."""

from datetime import datetime

from backoffice.errors import IllegalMove, NotFound
from backoffice.opportunities.models import Opportunity, Outcome, Phase
from backoffice.timeline.models import EntryKind, TimelineEntry

BY_HAND = (Outcome.OPEN, Outcome.WON)
"""Losing a deal asks for its reason and closes its quote: that is an act of its own, not a click on a phase."""


def move_to(deal: Opportunity, phase_id: int, *, by: int, at: datetime) -> TimelineEntry | None:
    """Put the deal in a phase of its own pipeline; None when it is there already.

    Raises NotFound for another's, IllegalMove for a deal that is lost or expired: it is reopened first.
    """
    if deal.phase.outcome not in BY_HAND:
        raise IllegalMove(phase=deal.phase_id)
    phase = next((each for each in reachable(deal) if each.id == phase_id), None)
    if phase is None:
        raise NotFound(phase=phase_id)
    if phase.id == deal.phase_id:
        return None
    facts = {"from": deal.phase_id, "to": phase.id}
    deal.phase_id = phase.id
    return TimelineEntry(opportunity_id=deal.id, at=at, kind=EntryKind.PHASE_MOVED, staff_id=by, facts=facts)


def reachable(deal: Opportunity) -> list[Phase]:
    return [phase for phase in deal.phase.pipeline.phases if phase.outcome in BY_HAND]
