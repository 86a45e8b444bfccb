"""From draft to issued invoice: numbered, dated and frozen in one act."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from backoffice import clock
from backoffice.catalogue.models import Nature
from backoffice.clients.models import Standing
from backoffice.clients.queries import client_standing_for
from backoffice.db import Bilingual
from backoffice.errors import NotFound
from backoffice.invoices.completeness import refuse_incomplete
from backoffice.invoices.content import Paper, deducted_from, invoice_content
from backoffice.invoices.events import InvoiceIssued
from backoffice.invoices.models import Invoice, InvoiceKind, InvoiceState
from backoffice.invoices.refusals import TooEarlyToAsk
from backoffice.invoices.seven_days import payable_from
from backoffice.language import in_both, longdate, money, percent
from backoffice.legal.models import Place
from backoffice.legal.texts import filled, for_standing, texts_in_force
from backoffice.numbering.models import Series
from backoffice.numbering.taking import take_number
from backoffice.orders.agreement import agreement_of
from backoffice.orders.models import OrderLine
from backoffice.quotes import canonical
from backoffice.quotes.content import applies_to
from backoffice.quotes.models import QuoteVersion
from backoffice.seller.models import ONLY, Seller
from backoffice.signatures.models import Signature
from backoffice.vat.queries import own_exemptions


def issue_invoice(
    session: Session, invoice_id: int, *, revision: int, by: int, at: datetime, today: Callable[[], date]
) -> Invoice:
    """Freeze a draft and give it the next number, then its date; nothing changes it any more.

    ``today`` is asked after the number's lock is held, so that dates follow numbers. Raises AlreadyIssued,
    Discarded, StaleRevision, InvoiceIncomplete, TooEarlyToAsk, DateWouldGoBack; none of them uses up a number.
    """
    invoice = session.scalar(
        sa.select(Invoice)
        .where(Invoice.id == invoice_id)
        .options(
            selectinload(Invoice.lines),
            selectinload(Invoice.taxes),
            selectinload(Invoice.order),
            selectinload(Invoice.deducts).defer(Invoice.content),
        )
        .with_for_update(of=Invoice)
    )
    if invoice is None:
        raise NotFound(invoice=invoice_id)
    invoice.refuse_unless_draft()
    invoice.opened_as(revision)
    order = invoice.order
    paper = _paper_of(session, invoice)
    refuse_incomplete(paper.seller, paper.client, invoice.vat_categories)
    earliest = payable_from(paper.agreement, Standing(paper.client.standing), paper.seller.timezone)
    if earliest is not None and invoice.kind is InvoiceKind.DEPOSIT and today() < earliest:
        raise TooEarlyToAsk(day=earliest)
    number, on = take_number(session, Series.INVOICE, today)
    due = due_on(invoice, on, earliest)
    invoice.client_id = paper.client.id  # whoever was merged meanwhile is billed as the client that stays
    content = invoice_content(paper, number=number, on=on, due=due)
    content["texts"] = _texts(session, paper, on)
    exemptions = own_exemptions(session, paper.seller, invoice.sums, on)
    content["exemptions"] = [each.as_content(vat) for vat, each in exemptions]
    invoice.content = canonical.canonical_bytes(content)
    invoice.digest = canonical.digest_of(invoice.content)
    invoice.number, invoice.issued_on, invoice.due_on = number, on, due
    invoice.state, invoice.issued_by = InvoiceState.ISSUED, by
    invoice.issued_at = invoice.listed_at = at
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


def due_on(invoice: Invoice, issued_on: date, earliest: date | None = None) -> date:
    """C. com. L441-10: the term agreed on the quote runs from the invoice's date; a deposit is due on order.

    ``earliest``: before that day nothing may be asked.
    """
    days = 0 if invoice.kind is InvoiceKind.DEPOSIT else invoice.order.payment_days
    due = issued_on + timedelta(days=days)
    return due if earliest is None else max(due, earliest)


def _paper_of(session: Session, invoice: Invoice) -> Paper:
    """Loaded before the number is taken: while its lock is held, everybody else waits."""
    agreement = agreement_of(session, invoice.order)
    return Paper(
        invoice=invoice,
        order=invoice.order,
        agreement=agreement,
        quoted=session.get_one(QuoteVersion, agreement.version_id).read(),
        natures=_natures(session, invoice),
        client=client_standing_for(session, invoice.client_id),
        seller=session.get_one(Seller, ONLY),
    )


def _natures(session: Session, invoice: Invoice) -> frozenset[Nature]:
    """Of what is invoiced; a deposit is paid on all that was ordered."""
    if invoice.kind is not InvoiceKind.DEPOSIT:
        return frozenset(line.nature for line in invoice.lines)
    ordered = sa.select(OrderLine.nature).where(OrderLine.order_id == invoice.order_id).distinct()
    return frozenset(session.scalars(ordered))


def _texts(session: Session, paper: Paper, on: date) -> list[dict[str, Any]]:
    invoice, order = paper.invoice, paper.order
    texts = for_standing(texts_in_force(session, Place.INVOICE, on), Standing(paper.client.standing))
    facts = _facts(paper)
    asked = order.deposit_kind if invoice.kind is InvoiceKind.DEPOSIT else None
    return [
        filled(text, facts).as_content()
        for text in texts
        if applies_to(
            text.code,
            paper.seller,
            invoice.vat_categories,
            deposit=asked,
            deducts=invoice.deducts is not None,
            signed=isinstance(paper.agreement, Signature),
        )
    ]


def _agreed_on(paper: Paper) -> date:
    agreement = paper.agreement
    if isinstance(agreement, Signature):
        return clock.day_of(agreement.signed_at, paper.seller.timezone)
    return agreement.accepted_on


def _facts(paper: Paper) -> dict[str, str | Bilingual]:
    """What the wordings of an invoice may name."""
    invoice, order = paper.invoice, paper.order
    agreed_on = in_both(lambda: longdate(_agreed_on(paper)))
    facts: dict[str, str | Bilingual] = {
        "seller": paper.seller.name,
        "quote": order.quote_number,
        "signed_on": agreed_on,
        "accepted_on": agreed_on,
        "percent": in_both(lambda: percent(order.deposit_percent)),
    }
    deposit = invoice.deducts
    if deposit is not None and deposit.number is not None and deposit.issued_on is not None:
        deposited_on, off = deposit.issued_on, deducted_from(invoice)
        facts["deposit_number"] = deposit.number
        facts["deposit_date"] = in_both(lambda: longdate(deposited_on))
        facts["off_net"] = in_both(lambda: money(off.net, invoice.currency))
        facts["off_vat"] = in_both(lambda: money(off.vat, invoice.currency))
        facts["off_gross"] = in_both(lambda: money(off.gross, invoice.currency))
    return facts
