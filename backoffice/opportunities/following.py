"""A deal follows its quote: forward only, never out of a final phase.

The move is one UPDATE statement, so that nobody's edit is in the way of a client's signature.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.opportunities.models import Opportunity, Outcome, Phase, PhaseTrigger, QuoteMoment
from backoffice.quotes.events import QuoteSent, QuoteSigned
from backoffice.timeline.models import EntryKind, TimelineEntry

MOMENTS: Mapping[type, QuoteMoment] = {QuoteSent: QuoteMoment.SENT, QuoteSigned: QuoteMoment.SIGNED}


def opportunity_follows(event: QuoteSent | QuoteSigned, session: Session) -> None:
    """Move the deal to the phase that its pipeline names for this moment, when that is forward."""
    deal = sa.select(Opportunity.pipeline_id, Opportunity.phase_id, Phase.position, Phase.outcome).join(
        Phase, Phase.id == Opportunity.phase_id
    )
    here = session.execute(deal.where(Opportunity.id == event.opportunity_id)).one()
    target = session.execute(
        sa.select(Phase.id, Phase.position)
        .join(PhaseTrigger, PhaseTrigger.phase_id == Phase.id)
        .where(PhaseTrigger.pipeline_id == here.pipeline_id, PhaseTrigger.moment == MOMENTS[type(event)])
    ).one_or_none()
    if target is None or here.outcome is not Outcome.OPEN or target.position <= here.position:
        return
    moved = session.execute(
        sa.update(Opportunity)
        .where(Opportunity.id == event.opportunity_id, Opportunity.phase_id == here.phase_id)
        .values(phase_id=target.id, revision=Opportunity.revision + 1)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount:  # type: ignore[attr-defined]  # a CursorResult, though typed as Result
        facts = {"from": here.phase_id, "to": target.id, "because": MOMENTS[type(event)].value}
        session.add(
            TimelineEntry(
                opportunity_id=event.opportunity_id, at=event.at, kind=EntryKind.PHASE_MOVED, facts=facts
            )
        )
