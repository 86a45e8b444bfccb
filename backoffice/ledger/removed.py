"""Lines that were removed and wait a while for whoever wants them back."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.opportunities.models import OpportunityLine

MOST_SHOWN = 20


def removed_lines(session: Session, deal_id: int) -> Sequence[OpportunityLine]:
    """Those that can still be brought back, the latest first."""
    return session.scalars(
        sa.select(OpportunityLine)
        .where(OpportunityLine.opportunity_id == deal_id, OpportunityLine.removed_at.is_not(None))
        .order_by(OpportunityLine.removed_at.desc(), OpportunityLine.id.desc())
        .limit(MOST_SHOWN)
    ).all()
