"""A deal changes hands."""

from datetime import datetime

from sqlalchemy.orm import Session

from backoffice.errors import NotFound
from backoffice.opportunities.models import Opportunity
from backoffice.people.events import DealsHandedOver
from backoffice.staff.sellers import seller_of_firm


def hand_over(session: Session, deal: Opportunity, *, to: int, by: int, at: datetime) -> bool:
    """False when it is theirs already. ``deal`` is locked. Raises NotFound for somebody who does not sell."""
    if to == deal.owner_id:
        return False
    if seller_of_firm(session, to) is None:
        raise NotFound(member=to)
    former, deal.owner_id = deal.owner_id, to
    deal.record(DealsHandedOver(opportunity_ids=(deal.id,), giver=former, taker=to, by=by, at=at))
    return True
