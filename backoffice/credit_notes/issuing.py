"""Issuing a credit note: checked, numbered and frozen in one act, under the lock of its order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from backoffice.credit_notes.crediting import Credit, credit_of
from backoffice.credit_notes.events import CreditNoteIssued
from backoffice.credit_notes.models import CreditNote, CreditNoteLine, CreditNoteTax
from backoffice.credit_notes.refusals import DepositDeducted, DraftInTheWay, NotIssued
from backoffice.db import Bilingual, unscaled
from backoffice.errors import NotFound, StaleRevision
from backoffice.invoices.billed import Account, order_to_bill
from backoffice.invoices.content import deduction_lines, line_content
from backoffice.invoices.models import Invoice, InvoiceKind, InvoiceState
from backoffice.invoices.parting import taken_off
from backoffice.language import in_both, longdate
from backoffice.legal.models import Place
from backoffice.legal.texts import filled, texts_in_force
from backoffice.money import ZERO, Vat, step_of
from backoffice.numbering.models import Series
from backoffice.numbering.taking import take_number
from backoffice.orders.models import Order
from backoffice.quotes import canonical
from backoffice.quotes.choice import hundredths, totals_content
from backoffice.seller.models import ONLY, Seller

SCHEMA = 1
CREDIT_NOTE = "381"
VAT_MENTIONS = "vat_"
"""What the codes of wordings about VAT begin with: a credit note keeps its invoice's."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be taken back: ``quantities`` by invoice line, None for all.

    ``known``: how many credit notes of the invoice the reader saw; ``expected``: the gross amount they were told.
    """

    quantities: Mapping[int, Decimal] | None
    reason: str
    known: int
    expected: Decimal | None = None


def credit_invoice(
    session: Session, invoice_id: int, wish: Wish, *, by: int, at: datetime, today: Callable[[], date]
) -> CreditNote:
    """Take back what an issued invoice bills; what it billed can be billed again.

    Raises NotIssued, DraftInTheWay, DepositDeducted, AlreadyCredited, MoreThanInvoiced, NothingToCredit,
    StaleRevision, DateWouldGoBack; none of them uses up a number.
    """
    invoice, account = _invoice_to_credit(session, invoice_id)
    notes = [each for each in account.notes if each.invoice_id == invoice.id]
    credit = credit_of(invoice, notes, wish.quantities)
    if wish.known != len(notes) or wish.expected not in {None, credit.totals.gross}:
        raise StaleRevision(opened=wish.known, stored=len(notes))
    seller = session.get_one(Seller, ONLY)
    texts = texts_in_force(session, Place.CREDIT_NOTE, today())
    number, on = take_number(session, Series.CREDIT_NOTE, today)
    content = _content(invoice, credit, wish.reason, seller=seller, number=number, on=on)
    content["exemptions"] = [
        each
        for each in invoice.read().get("exemptions", [])
        if Vat(each["category"], unscaled(each["rate"], 2)) in credit.sums
    ]
    content["texts"] = [
        *(filled(text, _facts(invoice, number)).as_content() for text in texts),
        *(each for each in invoice.read()["texts"] if each["code"].startswith(VAT_MENTIONS)),
    ]
    note = _note(invoice, credit, number=number, on=on, reason=wish.reason)
    note.content = canonical.canonical_bytes(content)
    note.digest = canonical.digest_of(note.content)
    note.issued_at, note.issued_by = at, by
    session.add(note)
    session.flush()  # the note gets its id, which the event carries
    note.record(
        CreditNoteIssued(
            credit_note_id=note.id,
            invoice_id=invoice.id,
            order_id=account.order.id,
            opportunity_id=account.order.opportunity_id,
            number=number,
            by=by,
            at=at,
        )
    )
    return note


def refuse_not_creditable(invoice: Invoice, account: Account) -> None:
    """Raises NotIssued, DraftInTheWay, DepositDeducted."""
    if invoice.state is not InvoiceState.ISSUED:
        raise NotIssued(invoice=invoice.id)
    if account.draft is not None:
        raise DraftInTheWay(draft=account.draft.id)
    if invoice.kind is InvoiceKind.DEPOSIT:
        deducting = (each for each in account.issued if each.deducts_id == invoice.id)
        standing = next((each for each in deducting if not account.is_credited(each)), None)
        if standing is not None:
            raise DepositDeducted(invoice=standing.number)


def _invoice_to_credit(session: Session, invoice_id: int) -> tuple[Invoice, Account]:
    """With the order locked first, as by everybody who bills it."""
    order_id = session.scalar(sa.select(Invoice.order_id).where(Invoice.id == invoice_id))
    if order_id is None:
        raise NotFound(invoice=invoice_id)
    account = order_to_bill(session, order_id)
    invoice = session.scalars(
        sa.select(Invoice)
        .where(Invoice.id == invoice_id)
        .options(
            selectinload(Invoice.lines),
            selectinload(Invoice.taxes),
            selectinload(Invoice.order),
            selectinload(Invoice.deducts),
        )
        .execution_options(populate_existing=True)
    ).one()
    refuse_not_creditable(invoice, account)
    return invoice, account


def _note(invoice: Invoice, credit: Credit, *, number: str, on: date, reason: str) -> CreditNote:
    return CreditNote(
        invoice_id=invoice.id,
        order_id=invoice.order_id,
        number=number,
        issued_on=on,
        reason=reason,
        language=invoice.language,
        currency=invoice.currency,
        net=credit.totals.net,
        vat=credit.totals.vat,
        gross=credit.totals.gross,
        lines=[
            CreditNoteLine(
                invoice_line_id=each.line.id, position=position, quantity=each.quantity, net=each.net
            )
            for position, each in enumerate(credit.lines)
        ],
        taxes=[CreditNoteTax.of(vat, sums) for vat, sums in credit.sums.items()],
    )


def _content(
    invoice: Invoice, credit: Credit, reason: str, *, seller: Seller, number: str, on: date
) -> dict[str, Any]:
    """All that the paper shows but its texts; the client is the one invoiced, the seller as of now."""
    order: Order = invoice.order
    invoiced = invoice.read()
    return {
        "schema": SCHEMA,
        "kind": "credit_note",
        "type_code": CREDIT_NOTE,
        "number": number,
        "version": 1,
        "language": invoice.language,
        "currency": invoice.currency,
        "timezone": seller.timezone,
        "issued_on": on.isoformat(),
        "invoice": {"number": invoiced["number"], "issued_on": invoiced["issued_on"]},
        "reason": reason,
        "order_number": order.number,
        "quote_number": order.quote_number,
        "operation_category": invoiced["operation_category"],
        "title": order.title.as_content(),
        "introduction": {"fr": "", "en": ""},
        "seller": seller.as_content(),
        "client": invoiced["client"],
        "rep": invoiced["rep"],
        "lines": _lines(invoice, credit, invoiced["lines"]),
        "discount": hundredths(invoice.discount),
        "totals": totals_content(credit.totals),
        "payment_days": 0,
    }


def _lines(invoice: Invoice, credit: Credit, invoiced: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    if invoice.kind is InvoiceKind.DEPOSIT:
        return list(invoiced)
    natures, step = frozenset(line.nature for line in invoice.lines), step_of(invoice.currency)
    lines = [
        {
            **line_content(each.line),
            "quantity": int(each.quantity * 10_000),
            "net": hundredths(each.net),
            "discount_amount": hundredths(
                taken_off(each.line.unit_price, each.quantity, each.net, step)
                if each.line.discount_amount
                else ZERO
            ),
        }
        for each in credit.lines
    ]
    return lines + deduction_lines(credit.sums, invoice.deducts, natures)


def _facts(invoice: Invoice, number: str) -> dict[str, str | Bilingual]:
    on = date.fromisoformat(invoice.read()["issued_on"])
    return {"number": number, "invoice": str(invoice.number), "invoice_date": in_both(lambda: longdate(on))}
