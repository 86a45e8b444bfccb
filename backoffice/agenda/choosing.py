"""For which deal a task is to be: the deals under way, narrowed by what is typed."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from backoffice.catalogue.search import folded, holds_words
from backoffice.clients.models import Client
from backoffice.opportunities.models import Opportunity, Outcome, Phase
from backoffice.opportunities.queries import Visible

SHOWN = 20


def deals_to_choose(session: Session, words: str, visible: Visible) -> Sequence[Opportunity]:
    """With their clients, the newest first; title and client's name together hold every word."""
    said = Opportunity.search_text + " " + Client.search_text
    return session.scalars(
        sa.select(Opportunity)
        .join(Phase, Phase.id == Opportunity.phase_id)
        .join(Client, Client.id == Opportunity.client_id)
        .where(
            Opportunity.archived_at.is_(None),
            Phase.outcome == Outcome.OPEN,
            visible,
            holds_words(said, folded(words)),
        )
        .options(joinedload(Opportunity.client))
        .order_by(Opportunity.id.desc())
        .limit(SHOWN)
    ).all()
