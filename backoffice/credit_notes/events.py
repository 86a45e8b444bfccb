"""What happens to credit notes."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.events import Event


@dataclass(frozen=True, kw_only=True)
class CreditNoteIssued(Event):
    credit_note_id: int
    invoice_id: int
    order_id: int
    opportunity_id: int
    number: str
    by: int
    at: datetime
