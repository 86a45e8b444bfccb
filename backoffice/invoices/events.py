"""What happens to invoices."""

from dataclasses import dataclass
from datetime import datetime

from backoffice.events import Event


@dataclass(frozen=True, kw_only=True)
class InvoiceDrafted(Event):
    invoice_id: int
    order_id: int
    opportunity_id: int
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class InvoiceIssued(Event):
    invoice_id: int
    order_id: int
    opportunity_id: int
    number: str
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class InvoiceDiscarded(Event):
    invoice_id: int
    order_id: int
    opportunity_id: int
    by: int
    at: datetime
