"""Whether anybody has begun here."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.seller.models import Seller
from backoffice.staff.models import StaffMember


def is_untouched(session: Session) -> bool:
    """True of an installation that has neither anybody to sign in nor a firm that sells."""
    return not session.scalar(
        sa.select(sa.or_(sa.exists().select_from(StaffMember), sa.exists().select_from(Seller)))
    )
