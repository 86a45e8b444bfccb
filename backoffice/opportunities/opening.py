"""Opening a deal, and changing what it says besides its lines."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.clients.models import Client
from backoffice.errors import Refusal
from backoffice.opportunities.events import OpportunityOpened
from backoffice.opportunities.models import Opportunity, Outcome, Phase, Pipeline


class NoPipeline(Refusal):
    def sentence(self) -> str:
        return gettext("There is no pipeline with an open phase yet. An administrator must make one first.")


@dataclass(frozen=True, kw_only=True)
class DealFacts:
    """What was typed about a deal. ``contact_id`` must be a contact of its client, or None.

    ``estimate``: what it may come to without VAT, in the seller's currency.
    """

    title: str
    contact_id: int | None
    source: str
    expected_on: date | None
    notes: str
    estimate: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Whose a new deal is, and in which pipeline; the first one unless another is named."""

    owner_id: int
    pipeline_id: int | None = None


def open_deal(
    session: Session,
    client: Client,
    facts: DealFacts,
    place: Place,
    *,
    by: int,
    at: datetime,
    copied_from: int | None = None,
) -> Opportunity:
    """A deal in the first open phase of its pipeline; flushed. Raises NoPipeline."""
    chosen = sa.true() if place.pipeline_id is None else Pipeline.id == place.pipeline_id
    first = session.scalar(
        sa.select(Phase)
        .join(Pipeline, Pipeline.id == Phase.pipeline_id)
        .where(Pipeline.archived_at.is_(None), Phase.outcome == Outcome.OPEN, chosen)
        .order_by(Pipeline.id, Phase.position)
        .limit(1)
    )
    if first is None:
        raise NoPipeline
    deal = Opportunity(
        client_id=client.id,
        owner_id=place.owner_id,
        pipeline_id=first.pipeline_id,
        phase_id=first.id,
        created_at=at,
    )
    describe(deal, facts)
    session.add(deal)
    session.flush()  # the deal gets its id, where the reader is sent next
    deal.record(
        OpportunityOpened(
            opportunity_id=deal.id, owner_id=deal.owner_id, by=by, at=at, copied_from=copied_from
        )
    )
    return deal


def describe(deal: Opportunity, facts: DealFacts) -> None:
    deal.title = facts.title
    deal.contact_id = facts.contact_id
    deal.source = facts.source
    deal.expected_on = facts.expected_on
    deal.notes = facts.notes
    deal.estimate = facts.estimate
