"""A deal follows its quote: forward only, out of a final phase only when a yes turns up after all.

The move is one UPDATE statement, so that nobody's edit is in the way of a client's signature.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.acceptances.events import QuoteAccepted
from backoffice.answers.events import ChangesRequested, OfVersion, QuoteLapsed, QuoteRefused
from backoffice.answers.models import Refusal
from backoffice.opportunities.models import Opportunity, Outcome, Phase, PhaseTrigger, QuoteMoment
from backoffice.quotes.events import QuoteSent, QuoteSigned
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import AGREED, LIVE
from backoffice.timeline.models import EntryKind, TimelineEntry

MOMENTS: Mapping[type, QuoteMoment] = {
    QuoteSent: QuoteMoment.SENT,
    ChangesRequested: QuoteMoment.CHANGES_REQUESTED,
    QuoteSigned: QuoteMoment.SIGNED,
    QuoteAccepted: QuoteMoment.SIGNED,
    QuoteRefused: QuoteMoment.REFUSED,
    QuoteLapsed: QuoteMoment.EXPIRED,
}
OF_THE_LAST_QUOTE = frozenset({QuoteMoment.REFUSED, QuoteMoment.EXPIRED})
"""They tell of the deal only when no other quote of it is open or agreed on."""


def opportunity_follows(event: QuoteSent | QuoteSigned | OfVersion, session: Session) -> None:
    """Move the deal to the phase that its pipeline names for this moment, when that is forward."""
    if MOMENTS[type(event)] in OF_THE_LAST_QUOTE and _another_counts(event, session):
        return
    deal = sa.select(Opportunity.pipeline_id, Opportunity.phase_id, Phase.position, Phase.outcome).join(
        Phase, Phase.id == Opportunity.phase_id
    )
    here = session.execute(deal.where(Opportunity.id == event.opportunity_id)).one()
    target = session.execute(
        sa.select(Phase.id, Phase.position, Phase.outcome)
        .join(PhaseTrigger, PhaseTrigger.phase_id == Phase.id)
        .where(PhaseTrigger.pipeline_id == here.pipeline_id, PhaseTrigger.moment == MOMENTS[type(event)])
    ).one_or_none()
    if target is None or not (
        _is_forward(here.outcome, here.position, target.position) or _comes_back(event, here.outcome)
    ):
        return
    moved = session.execute(
        sa.update(Opportunity)
        .where(Opportunity.id == event.opportunity_id, Opportunity.phase_id == here.phase_id)
        .values(
            phase_id=target.id,
            revision=Opportunity.revision + 1,
            **(_why(event, session) if target.outcome is Outcome.LOST else {}),
        )
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount:  # type: ignore[attr-defined]  # a CursorResult, though typed as Result
        facts = {"from": here.phase_id, "to": target.id, "because": MOMENTS[type(event)].value}
        session.add(
            TimelineEntry(
                opportunity_id=event.opportunity_id, at=event.at, kind=EntryKind.PHASE_MOVED, facts=facts
            )
        )


def _is_forward(outcome: Outcome, here: int, there: int) -> bool:
    """``here`` and ``there``: positions of phases."""
    return outcome is Outcome.OPEN and there > here


def _comes_back(event: QuoteSent | QuoteSigned | OfVersion, outcome: Outcome) -> bool:
    """A yes that came in time brings back a deal that was taken for unanswered."""
    return isinstance(event, QuoteAccepted) and outcome is Outcome.EXPIRED


def _another_counts(event: QuoteSent | QuoteSigned | OfVersion, session: Session) -> bool:
    """Whether another quote of the deal can still be signed, or is agreed on."""
    return (
        session.scalar(
            sa.select(QuoteVersion.id)
            .join(Quote, Quote.id == QuoteVersion.quote_id)
            .where(
                Quote.opportunity_id == event.opportunity_id,
                Quote.id != event.quote_id,
                QuoteVersion.state.in_([*LIVE, *AGREED]),
            )
            .limit(1)
        )
        is not None
    )


def _why(event: QuoteSent | QuoteSigned | OfVersion, session: Session) -> dict[str, object]:
    """A deal lost by a refusal is lost for the reason that the client gave."""
    if not isinstance(event, QuoteRefused):
        return {}
    refusal = session.get_one(Refusal, event.refusal_id)
    return {"lost_reason_id": refusal.reason_id, "lost_words": refusal.text}
