"""The same again: a new deal with the lines of another."""

from datetime import datetime
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.opportunities.models import Opportunity, OpportunityLine
from backoffice.opportunities.opening import DealFacts, Place, open_deal

OF_ITS_OWN = {"id", "uuid", "opportunity_id"}


def duplicate(session: Session, deal: Opportunity, *, by: int, at: datetime) -> Opportunity:
    """A deal of the same owner, client and pipeline, at its beginning; prices are those of the copied lines.

    ``deal`` comes with client and lines. Expected day, notes and quote stay with the original. Raises NoPipeline.
    """
    facts = DealFacts(
        title=deal.title,
        contact_id=deal.contact_id,
        source=deal.source,
        expected_on=None,
        notes="",
        estimate=deal.estimate,
    )
    place = Place(owner_id=deal.owner_id, pipeline_id=deal.pipeline_id)
    copy = open_deal(session, deal.client, facts, place, by=by, at=at, copied_from=deal.id)
    columns = [each.key for each in sa.inspect(OpportunityLine).column_attrs if each.key not in OF_ITS_OWN]
    for line in deal.lines:
        values = {name: getattr(line, name) for name in columns}
        session.add(OpportunityLine(uuid=uuid4(), opportunity_id=copy.id, **values))
    return copy
