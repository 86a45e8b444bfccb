"""Events as entries of a deal's timeline: facts only, so that any language can tell them."""

from functools import singledispatch

from sqlalchemy.orm import Session

from backoffice.events import Event
from backoffice.invoices.events import InvoiceDrafted, InvoiceIssued
from backoffice.links.models import ClientLink
from backoffice.orders.events import OrderPlaced
from backoffice.quotes.events import QuoteSent, QuoteSigned
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.signatures.models import Signature
from backoffice.timeline.models import EntryKind, TimelineEntry


def note(event: Event, session: Session) -> None:
    """One entry for the event."""
    session.add(entry_of(event, session))


@singledispatch
def entry_of(event: Event, session: Session) -> TimelineEntry:
    raise NotImplementedError(type(event).__name__)


@entry_of.register
def _sent(event: QuoteSent, session: Session) -> TimelineEntry:
    link = session.get_one(ClientLink, event.link_id)
    return TimelineEntry(
        opportunity_id=event.opportunity_id,
        at=event.at,
        kind=EntryKind.QUOTE_SENT,
        staff_id=event.by,
        facts={
            "number": session.get_one(Quote, event.quote_id).number,
            "version": session.get_one(QuoteVersion, event.version_id).number,
            "to": link.name,
            "email": link.email,
            "mailed": event.mailed,
        },
    )


@entry_of.register
def _signed(event: QuoteSigned, session: Session) -> TimelineEntry:
    signature = session.get_one(Signature, event.signature_id)
    return TimelineEntry(
        opportunity_id=event.opportunity_id,
        at=event.at,
        kind=EntryKind.QUOTE_SIGNED,
        facts={
            "number": session.get_one(Quote, event.quote_id).number,
            "version": session.get_one(QuoteVersion, event.version_id).number,
            "by": signature.name,
            "channel": signature.channel.value,
        },
    )


@entry_of.register
def _ordered(event: OrderPlaced, _session: Session) -> TimelineEntry:
    facts = {"number": event.number, "order_id": event.order_id}
    return TimelineEntry(
        opportunity_id=event.opportunity_id, at=event.at, kind=EntryKind.ORDER_PLACED, facts=facts
    )


@entry_of.register
def _drafted(event: InvoiceDrafted, _session: Session) -> TimelineEntry:
    facts = {"invoice_id": event.invoice_id}
    return TimelineEntry(
        opportunity_id=event.opportunity_id,
        at=event.at,
        kind=EntryKind.INVOICE_DRAFTED,
        staff_id=event.by,
        facts=facts,
    )


@entry_of.register
def _issued(event: InvoiceIssued, _session: Session) -> TimelineEntry:
    facts = {"number": event.number, "invoice_id": event.invoice_id}
    return TimelineEntry(
        opportunity_id=event.opportunity_id,
        at=event.at,
        kind=EntryKind.INVOICE_ISSUED,
        staff_id=event.by,
        facts=facts,
    )
