"""What happens to payments."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from backoffice.events import Event


@dataclass(frozen=True, kw_only=True)
class PaymentRecorded(Event):
    """``amount`` is negative when money went back to the client."""

    payment_id: int
    invoice_id: int
    opportunity_id: int
    amount: Decimal
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PaymentReversed(Event):
    """``amount`` is the one entered by mistake."""

    payment_id: int
    invoice_id: int
    opportunity_id: int
    amount: Decimal
    by: int
    at: datetime
