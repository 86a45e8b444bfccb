"""What happens to invoices, credit notes and payments, as entries of a deal's timeline: facts only."""

from typing import Any

from sqlalchemy.orm import Session

from backoffice.credit_notes.events import CreditNoteIssued
from backoffice.invoices.events import InvoiceDiscarded, InvoiceDrafted, InvoiceIssued
from backoffice.invoices.models import Invoice
from backoffice.payments.events import PaymentRecorded, PaymentReversed
from backoffice.quotes.choice import hundredths
from backoffice.timeline.entries import entry, entry_of
from backoffice.timeline.models import EntryKind, TimelineEntry


@entry_of.register
def _drafted(event: InvoiceDrafted, session: Session) -> TimelineEntry:
    facts = {"invoice_id": event.invoice_id, "kind": _kind(event.invoice_id, session)}
    return entry(event, EntryKind.INVOICE_DRAFTED, facts, by=event.by)


@entry_of.register
def _issued(event: InvoiceIssued, session: Session) -> TimelineEntry:
    kind = _kind(event.invoice_id, session)
    facts = {"number": event.number, "invoice_id": event.invoice_id, "kind": kind}
    return entry(event, EntryKind.INVOICE_ISSUED, facts, by=event.by)


@entry_of.register
def _discarded(event: InvoiceDiscarded, session: Session) -> TimelineEntry:
    facts = {"invoice_id": event.invoice_id, "kind": _kind(event.invoice_id, session)}
    return entry(event, EntryKind.INVOICE_DISCARDED, facts, by=event.by)


@entry_of.register
def _credited(event: CreditNoteIssued, session: Session) -> TimelineEntry:
    return entry(
        event,
        EntryKind.CREDIT_NOTE_ISSUED,
        {
            "number": event.number,
            "credit_note_id": event.credit_note_id,
            "invoice": session.get_one(Invoice, event.invoice_id).number,
        },
        by=event.by,
    )


@entry_of.register
def _paid(event: PaymentRecorded, session: Session) -> TimelineEntry:
    return entry(event, EntryKind.PAYMENT_RECORDED, _money_facts(event, session), by=event.by)


@entry_of.register
def _unpaid(event: PaymentReversed, session: Session) -> TimelineEntry:
    return entry(event, EntryKind.PAYMENT_REVERSED, _money_facts(event, session), by=event.by)


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
