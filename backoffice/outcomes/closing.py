"""Giving a deal up, and taking it up again. Winning one is a move to a phase like any other."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.answers.answering import withdraw_quote
from backoffice.errors import IllegalMove, Refusal
from backoffice.opportunities.events import OpportunityExpired, OpportunityLost, OpportunityReopened
from backoffice.opportunities.models import Opportunity, Outcome, Phase
from backoffice.outcomes.moves import moves_of
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import AGREED
from backoffice.reasons.models import Reason

GIVEN_UP = frozenset({Outcome.LOST, Outcome.EXPIRED})


class NoSuchPhase(Refusal):
    """The pipeline has no phase for this end."""

    def sentence(self) -> str:
        return gettext("This pipeline has no phase for such an end. An administrator must add one first.")


class SignedAlready(Refusal):
    """What is signed or accepted binds: it is voided, not lost."""

    status = 409

    def sentence(self) -> str:
        return gettext("The client has accepted. An opportunity with an accepted quote cannot be given up.")


def lose(
    session: Session,
    deal: Opportunity,
    quote: Quote | None,
    reason: Reason,
    *,
    words: str,
    by: int,
    at: datetime,
) -> None:
    """Give the deal up for a reason; its open quote is withdrawn and closed.

    ``quote`` with its versions and ``deal`` with its pipeline's phases are locked. Raises IllegalMove, NoSuchPhase,
    SignedAlready.
    """
    former, phase = _give_up(session, deal, quote, Outcome.LOST, by=by, at=at)
    deal.lost_reason_id, deal.lost_words = reason.id, words
    deal.record(
        OpportunityLost(
            opportunity_id=deal.id, former=former, phase=phase, reason=reason.name, words=words, by=by, at=at
        )
    )


def expire(session: Session, deal: Opportunity, quote: Quote | None, *, by: int, at: datetime) -> None:
    """Give the deal up because nobody answered. Raises as ``lose``."""
    former, phase = _give_up(session, deal, quote, Outcome.EXPIRED, by=by, at=at)
    deal.record(OpportunityExpired(opportunity_id=deal.id, former=former, phase=phase, by=by, at=at))


def reopen(session: Session, deal: Opportunity, *, by: int, at: datetime) -> None:
    """Back to the open phase it was in, or else the first. Its quote stays closed: the next is a new one.

    Raises IllegalMove for a deal that was not given up, NoSuchPhase.
    """
    if deal.phase.outcome not in GIVEN_UP:
        raise IllegalMove(phase=deal.phase_id)
    open_phases = [phase for phase in deal.phase.pipeline.phases if phase.outcome is Outcome.OPEN]
    if not open_phases:
        raise NoSuchPhase(outcome=Outcome.OPEN.value)
    before = next((move.former for move in moves_of(session, deal.id) if move.phase == deal.phase_id), None)
    target = next((phase for phase in open_phases if phase.id == before), open_phases[0])
    former, deal.phase_id = deal.phase_id, target.id
    deal.lost_reason_id, deal.lost_words = None, ""
    deal.record(OpportunityReopened(opportunity_id=deal.id, former=former, phase=target.id, by=by, at=at))


def quote_to_close(session: Session, opportunity_id: int) -> Quote | None:
    """The deal's open quote, or else the one agreed on, locked with its versions: before the deal, never after it."""
    agreed = Quote.versions.any(QuoteVersion.state.in_(AGREED))
    return session.scalar(
        sa.select(Quote)
        .where(Quote.opportunity_id == opportunity_id, Quote.closed_at.is_(None) | agreed)
        .options(sa.orm.selectinload(Quote.versions))
        .order_by(agreed.desc(), Quote.id.desc())
        .limit(1)
        .with_for_update(of=Quote)
    )


def phases_for(phases: Sequence[Phase]) -> list[Outcome]:
    """The ends that a pipeline has a phase for."""
    known = {phase.outcome for phase in phases}
    return [outcome for outcome in (Outcome.LOST, Outcome.EXPIRED) if outcome in known]


def _give_up(
    session: Session, deal: Opportunity, quote: Quote | None, outcome: Outcome, *, by: int, at: datetime
) -> tuple[int, int]:
    """The phases before and after. What the client has is withdrawn; nothing more is sent of that quote."""
    if deal.phase.outcome in GIVEN_UP:
        raise IllegalMove(phase=deal.phase_id)
    if quote is not None and any(version.is_agreed for version in quote.versions):
        raise SignedAlready(quote=quote.number)
    target = next((phase for phase in deal.phase.pipeline.phases if phase.outcome is outcome), None)
    if target is None:
        raise NoSuchPhase(outcome=outcome.value)
    if quote is not None and quote.live is not None:
        withdraw_quote(session, quote.id, "", seen_as=quote.live.digest, by=by, at=at)
    if quote is not None:
        quote.closed_at = at
    former, deal.phase_id = deal.phase_id, target.id
    return former, target.id
