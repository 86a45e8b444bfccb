"""From order to draft invoice, and from draft to issued: one click each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from backoffice import clock
from backoffice.catalogue.models import Nature
from backoffice.clients.models import Client, Standing
from backoffice.db import scaled
from backoffice.errors import NotFound
from backoffice.invoices.completeness import refuse_incomplete
from backoffice.invoices.events import InvoiceDrafted, InvoiceIssued
from backoffice.invoices.models import Invoice, InvoiceLine, InvoiceState
from backoffice.invoices.refusals import AlreadyInvoiced
from backoffice.legal.models import Place
from backoffice.legal.texts import filled, for_standing, texts_in_force
from backoffice.money import Totals, Vat, totals_of
from backoffice.numbering.models import Series
from backoffice.numbering.taking import take_number
from backoffice.orders.models import Order, OrderLine
from backoffice.quotes import canonical
from backoffice.quotes.choice import hundredths, totals_content
from backoffice.quotes.content import applies_to, client_content
from backoffice.quotes.models import QuoteVersion
from backoffice.seller.models import ONLY, Seller
from backoffice.signatures.models import Signature

SCHEMA = 1


def draft_invoice(session: Session, order_id: int, *, by: int, at: datetime) -> Invoice:
    """An invoice of everything ordered. Raises AlreadyInvoiced when the order has one."""
    order = session.scalar(
        sa.select(Order)
        .where(Order.id == order_id)
        .options(selectinload(Order.lines))
        .with_for_update(of=Order)
    )
    if order is None:
        raise NotFound(order=order_id)
    billed = session.scalar(sa.select(Invoice.id).where(Invoice.order_id == order.id).limit(1))
    if billed is not None:
        raise AlreadyInvoiced(order=order.number, invoice=billed)
    invoice = Invoice(
        order_id=order.id,
        client_id=order.client_id,
        language=order.language,
        currency=order.currency,
        discount=order.discount,
        net=order.net,
        vat=order.vat,
        gross=order.gross,
        created_at=at,
        created_by=by,
        lines=[_invoice_line(line) for line in order.lines],
    )
    session.add(invoice)
    session.flush()  # the invoice gets its id, which the event carries
    invoice.record(
        InvoiceDrafted(
            invoice_id=invoice.id, order_id=order.id, opportunity_id=order.opportunity_id, by=by, at=at
        )
    )
    return invoice


def issue_invoice(
    session: Session, invoice_id: int, *, revision: int, by: int, at: datetime, today: Callable[[], date]
) -> Invoice:
    """Freeze a draft and give it the next number, then its date; nothing changes it any more.

    ``today`` is asked after the number's lock is held, so that dates follow numbers. Raises AlreadyIssued,
    StaleRevision, InvoiceIncomplete, DateWouldGoBack; none of them uses up a number.
    """
    invoice = session.scalar(
        sa.select(Invoice)
        .where(Invoice.id == invoice_id)
        .options(selectinload(Invoice.lines), selectinload(Invoice.order))
        .with_for_update(of=Invoice)
    )
    if invoice is None:
        raise NotFound(invoice=invoice_id)
    invoice.refuse_unless_draft()
    invoice.opened_as(revision)
    order = invoice.order
    paper = _paper_of(session, invoice)
    refuse_incomplete(paper.seller, paper.client, invoice.vat_categories)
    number, on = take_number(session, Series.INVOICE, today)
    content = invoice_content(paper, number=number, on=on)
    content["texts"] = _texts(session, paper, on)
    invoice.content = canonical.canonical_bytes(content)
    invoice.digest = canonical.digest_of(invoice.content)
    invoice.number, invoice.issued_on = number, on
    invoice.due_on = due_on(order, on)
    invoice.state, invoice.issued_at, invoice.issued_by = InvoiceState.ISSUED, at, by
    invoice.record(
        InvoiceIssued(
            invoice_id=invoice.id,
            order_id=order.id,
            opportunity_id=order.opportunity_id,
            number=number,
            by=by,
            at=at,
        )
    )
    return invoice


@dataclass(frozen=True, kw_only=True)
class Paper:
    """All that an invoice's content is made of; ``quoted`` is the content that was signed."""

    invoice: Invoice
    order: Order
    quoted: Mapping[str, Any]
    client: Client
    seller: Seller


def due_on(order: Order, issued_on: date) -> date:
    """C. com. L441-10: the term agreed on the quote runs from the invoice's date."""
    return issued_on + timedelta(days=order.payment_days)


def totals_of_invoice(invoice: Invoice) -> Totals:
    return totals_of(
        ((Vat(line.vat_category.value, line.vat_rate), line.net) for line in invoice.lines),
        discount=invoice.discount,
        currency=invoice.currency,
    )


def invoice_content(paper: Paper, *, number: str, on: date) -> dict[str, Any]:
    """All that the paper shows but its texts, schema 1; units as in ``quotes.content``.

    Raises ArithmeticError when the lines do not come to what was ordered: that would be our mistake, not the reader's.
    """
    invoice, order, seller = paper.invoice, paper.order, paper.seller
    totals = totals_of_invoice(invoice)
    if (totals.net, totals.vat, totals.gross) != (order.net, order.vat, order.gross):
        raise ArithmeticError(f"invoice of order {order.number} does not add up")
    return {
        "schema": SCHEMA,
        "kind": "invoice",
        "number": number,
        "version": 1,
        "language": invoice.language,
        "currency": invoice.currency,
        "timezone": seller.timezone,
        "issued_on": on.isoformat(),
        "due_on": due_on(order, on).isoformat(),
        "supplied_on": on.isoformat(),
        "order_number": order.number,
        "ordered_on": clock.day_of(order.placed_at, seller.timezone).isoformat(),
        "quote_number": order.quote_number,
        "operation_category": _category(invoice.lines),
        "title": order.title.as_content(),
        "introduction": {"fr": "", "en": ""},
        "seller": seller.as_content(),
        "client": {**client_content(paper.client, None), "contact": paper.quoted["client"]["contact"]},
        "rep": paper.quoted["rep"],
        "lines": [_line_content(line) for line in invoice.lines],
        "discount": hundredths(invoice.discount),
        "totals": totals_content(totals),
        "payment_days": order.payment_days,
    }


def _paper_of(session: Session, invoice: Invoice) -> Paper:
    """Loaded before the number is taken: while its lock is held, everybody else waits."""
    signed = sa.select(QuoteVersion).join(Signature, Signature.version_id == QuoteVersion.id)
    version = session.scalars(signed.where(Signature.id == invoice.order.signature_id)).one()
    return Paper(
        invoice=invoice,
        order=invoice.order,
        quoted=version.read(),
        client=session.get_one(Client, invoice.client_id),
        seller=session.get_one(Seller, ONLY),
    )


def _texts(session: Session, paper: Paper, on: date) -> list[dict[str, Any]]:
    texts = for_standing(texts_in_force(session, Place.INVOICE, on), Standing(paper.client.standing))
    categories = paper.invoice.vat_categories
    return [
        filled(text, {"seller": paper.seller.name}).as_content()
        for text in texts
        if applies_to(text.code, paper.seller, categories)
    ]


def _category(lines: list[InvoiceLine]) -> str:
    natures = {line.nature for line in lines}
    if natures == {Nature.GOODS}:
        return "goods"
    return "service" if natures == {Nature.SERVICE} else "both"


def _invoice_line(line: OrderLine) -> InvoiceLine:
    return InvoiceLine(
        order_line_id=line.id,
        position=line.position,
        name=line.name,
        description=line.description,
        nature=line.nature,
        unit=line.unit,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        vat_category=line.vat_category,
        vat_rate=line.vat_rate,
        net=line.net,
    )


def _line_content(line: InvoiceLine) -> dict[str, Any]:
    return {
        "id": str(line.order_line_id),
        "kind": "item",
        "name": line.name.as_content(),
        "description": line.description.as_content(),
        "nature": line.nature.value,
        "unit": line.unit.value,
        "quantity": scaled(line.quantity, 4),
        "unit_price": scaled(line.unit_price, 6),
        "discount": hundredths(line.discount),
        "vat": {"category": line.vat_category.value, "rate": hundredths(line.vat_rate)},
        "net": hundredths(line.net),
    }
