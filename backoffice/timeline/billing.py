"""What happens to invoices, credit notes and payments, as entries of a deal's timeline: facts only."""

from functools import singledispatch
from typing import Any

from sqlalchemy.orm import Session

from backoffice.credit_notes.events import CreditNoteIssued
from backoffice.events import Event
from backoffice.invoices.events import InvoiceDiscarded, InvoiceDrafted, InvoiceIssued
from backoffice.invoices.models import Invoice
from backoffice.payments.events import PaymentRecorded, PaymentReversed
from backoffice.quotes.choice import hundredths
from backoffice.timeline.models import EntryKind, TimelineEntry


def note_billing(event: Event, session: Session) -> None:
    """One entry for the event."""
    session.add(entry_of(event, session))


@singledispatch
def entry_of(event: Event, session: Session) -> TimelineEntry:
    raise NotImplementedError(type(event).__name__)


@entry_of.register
def _drafted(event: InvoiceDrafted, session: Session) -> TimelineEntry:
    facts = {"invoice_id": event.invoice_id, "kind": _kind(event.invoice_id, session)}
    return TimelineEntry(
        opportunity_id=event.opportunity_id,
        at=event.at,
        kind=EntryKind.INVOICE_DRAFTED,
        staff_id=event.by,
        facts=facts,
    )


@entry_of.register
def _issued(event: InvoiceIssued, session: Session) -> TimelineEntry:
    kind = _kind(event.invoice_id, session)
    facts = {"number": event.number, "invoice_id": event.invoice_id, "kind": kind}
    return TimelineEntry(
        opportunity_id=event.opportunity_id,
        at=event.at,
        kind=EntryKind.INVOICE_ISSUED,
        staff_id=event.by,
        facts=facts,
    )


@entry_of.register
def _discarded(event: InvoiceDiscarded, session: Session) -> TimelineEntry:
    facts = {"invoice_id": event.invoice_id, "kind": _kind(event.invoice_id, session)}
    return TimelineEntry(
        opportunity_id=event.opportunity_id,
        at=event.at,
        kind=EntryKind.INVOICE_DISCARDED,
        staff_id=event.by,
        facts=facts,
    )


@entry_of.register
def _credited(event: CreditNoteIssued, session: Session) -> TimelineEntry:
    return TimelineEntry(
        opportunity_id=event.opportunity_id,
        at=event.at,
        kind=EntryKind.CREDIT_NOTE_ISSUED,
        staff_id=event.by,
        facts={
            "number": event.number,
            "credit_note_id": event.credit_note_id,
            "invoice": session.get_one(Invoice, event.invoice_id).number,
        },
    )


@entry_of.register
def _paid(event: PaymentRecorded, session: Session) -> TimelineEntry:
    return TimelineEntry(
        opportunity_id=event.opportunity_id,
        at=event.at,
        kind=EntryKind.PAYMENT_RECORDED,
        staff_id=event.by,
        facts=_money_facts(event, session),
    )


@entry_of.register
def _unpaid(event: PaymentReversed, session: Session) -> TimelineEntry:
    return TimelineEntry(
        opportunity_id=event.opportunity_id,
        at=event.at,
        kind=EntryKind.PAYMENT_REVERSED,
        staff_id=event.by,
        facts=_money_facts(event, session),
    )


def _kind(invoice_id: int, session: Session) -> str:
    return session.get_one(Invoice, invoice_id).kind.value


def _money_facts(event: PaymentRecorded | PaymentReversed, session: Session) -> dict[str, Any]:
    invoice = session.get_one(Invoice, event.invoice_id)
    return {
        "invoice": invoice.number,
        "invoice_id": invoice.id,
        "amount": hundredths(event.amount),
        "currency": invoice.currency,
    }
