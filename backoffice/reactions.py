"""Every consequence of every event, on one page: read this to know what the product does."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from backoffice.documents.wanted import want_invoice_document, want_quote_document, want_signed_copy
from backoffice.events import Event
from backoffice.invoices.events import InvoiceDrafted, InvoiceIssued
from backoffice.notifications.queueing import invite_client, tell_rep, thank_client
from backoffice.opportunities.following import opportunity_follows
from backoffice.orders.events import OrderPlaced
from backoffice.orders.placing import place_order
from backoffice.quotes.events import QuoteSent, QuoteSigned
from backoffice.timeline.notes import note

Reaction = Callable[[Any, Session], None]

REACTIONS: Mapping[type[Event], tuple[Reaction, ...]] = {
    QuoteSent: (opportunity_follows, note, want_quote_document, invite_client),
    QuoteSigned: (place_order, opportunity_follows, note, want_signed_copy, tell_rep, thank_client),
    OrderPlaced: (note,),
    InvoiceDrafted: (note,),
    InvoiceIssued: (note, want_invoice_document),
}
