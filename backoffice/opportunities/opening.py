"""Opening a deal, and changing what it says besides its lines."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.clients.models import Client
from backoffice.errors import Refusal
from backoffice.opportunities.models import Opportunity, Outcome, Phase, Pipeline


class NoPipeline(Refusal):
    def sentence(self) -> str:
        return gettext("There is no pipeline with an open phase yet. An administrator must make one first.")


@dataclass(frozen=True, kw_only=True)
class DealFacts:
    """What was typed about a deal. ``contact_id`` must be a contact of its client, or None."""

    title: str
    contact_id: int | None
    source: str
    expected_on: date | None
    notes: str


def open_deal(session: Session, client: Client, facts: DealFacts, *, by: int, at: datetime) -> Opportunity:
    """A deal in the first open phase of the first pipeline, owned by whoever opens it. Raises NoPipeline."""
    first = session.scalar(
        sa.select(Phase)
        .join(Pipeline, Pipeline.id == Phase.pipeline_id)
        .where(Pipeline.archived_at.is_(None), Phase.outcome == Outcome.OPEN)
        .order_by(Pipeline.id, Phase.position)
        .limit(1)
    )
    if first is None:
        raise NoPipeline
    deal = Opportunity(
        client_id=client.id, owner_id=by, pipeline_id=first.pipeline_id, phase_id=first.id, created_at=at
    )
    describe(deal, facts)
    session.add(deal)
    session.flush()  # the deal gets its id, where the reader is sent next
    return deal


def describe(deal: Opportunity, facts: DealFacts) -> None:
    deal.title = facts.title
    deal.contact_id = facts.contact_id
    deal.source = facts.source
    deal.expected_on = facts.expected_on
    deal.notes = facts.notes
