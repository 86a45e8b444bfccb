"""What the version that a page shows changes of the one before."""

from backoffice.comparison.since import Since, since_former
from backoffice.db import db
from portal.pages import QuotePage


def since_before(page: QuotePage) -> Since | None:
    """None of the first version, and once there is nothing left to decide."""
    if not page.can_sign:
        return None
    return since_former(
        db.session(),
        page.version,
        page.language,
        link_id=page.link.id,
        email=page.link.email,
        timezone=page.reading.timezone,
    )
