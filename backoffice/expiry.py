"""The sweep that records expiries: what is closed is closed by the clock; this says so, once, to everybody.

``closes_at`` decides what a client may still do, and the moment recorded; how late the sweep comes changes neither.
"""

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from backoffice.answers.answering import record_expiry
from backoffice.db import db
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.states import LIVE
from backoffice.work import unit_of_work

GRACE = timedelta(minutes=1)
"""Who pressed in the last second may still wait for a lock, and is in time: longer than any such wait."""
CHUNK = 100

_log = logging.getLogger(__name__)


def record_expiries(at: datetime) -> int:
    """Record what closed before ``at`` less the grace, oldest first, each in a unit of its own; how many there were."""
    recorded, after = 0, 0
    while chunk := _over(at - GRACE, after):
        after = chunk[-1][0]
        recorded += sum(_recorded(quote_id, at) for _version_id, quote_id in chunk)
    return recorded


def _over(moment: datetime, after: int) -> list[tuple[int, int]]:
    """Live versions that closed by ``moment``, a chunk of them past the id ``after``: with their quotes."""
    rows = db.session.execute(
        sa.select(QuoteVersion.id, QuoteVersion.quote_id)
        .where(QuoteVersion.state.in_(LIVE), QuoteVersion.closes_at <= moment, QuoteVersion.id > after)
        .order_by(QuoteVersion.id)
        .limit(CHUNK)
    ).all()
    db.session.rollback()
    return [(version_id, quote_id) for version_id, quote_id in rows]


def _recorded(quote_id: int, at: datetime) -> bool:
    """One that cannot be recorded now is met again by the next sweep, and keeps no other waiting."""
    try:
        with unit_of_work() as session:
            return record_expiry(session, quote_id, at=at)
    except Exception:  # noqa: BLE001 - whatever it is, the others must still be recorded
        _log.exception("the expiry of quote %d was not recorded", quote_id)
        return False
