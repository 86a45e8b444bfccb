"""When a consumer who signed away from the seller's premises may first be asked to pay.

C. conso. L221-10: no payment in any form before seven days have passed since the contract was concluded. The day of
the signature does not count, so that the eighth day after it is the first.
"""

from datetime import date, timedelta

from backoffice import clock
from backoffice.clients.models import Standing
from backoffice.links.models import Venue
from backoffice.orders.agreement import Agreement
from backoffice.signatures.models import Signature

WAIT = timedelta(days=8)
AWAY = frozenset({Venue.AT_CLIENT, Venue.ELSEWHERE})
"""At a fair the stand counts as the seller's premises."""


def payable_from(agreement: Agreement, standing: Standing, timezone: str) -> date | None:
    """The first day, in the seller's time zone; None for whom the rule does not protect."""
    if standing is not Standing.CONSUMER or not isinstance(agreement, Signature):
        return None
    if agreement.venue not in AWAY:
        return None
    return clock.day_of(agreement.signed_at, timezone) + WAIT
