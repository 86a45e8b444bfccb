"""From an order to a draft invoice: its deposit, some of its quantities, or all that remains; drafts put away."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.errors import NotFound
from backoffice.invoices.billed import Account, order_to_bill
from backoffice.invoices.events import InvoiceDiscarded, InvoiceDrafted
from backoffice.invoices.models import Invoice, InvoiceKind, InvoiceLine, InvoiceState, InvoiceTax
from backoffice.invoices.parting import PartLine, RateSums, part_of, taken_off
from backoffice.invoices.refusals import AlreadyInvoiced, MoreThanOrdered, NothingToInvoice
from backoffice.money import ZERO, step_of
from backoffice.orders.models import Order, OrderLine


def draft_invoice(
    session: Session, order_id: int, *, by: int, at: datetime, kind: InvoiceKind | None = None
) -> Invoice:
    """The order's next invoice: its deposit when one was signed, else all that remains.

    ``kind`` is what the reader's button said. Raises AlreadyInvoiced when there is a draft, when nothing is left
    or when the next invoice is another by now.
    """
    account = _ready(session, order_id)
    following = account.next_kind
    if following is None or (kind is not None and kind is not following):
        raise AlreadyInvoiced(order=account.order.number, invoice=_latest(account).id)
    if following is InvoiceKind.DEPOSIT:
        return _drafted(session, _deposit_invoice(account), account.order, by=by, at=at)
    return _drafted(session, _invoice_of(account, account.to_bill), account.order, by=by, at=at)


def draft_part(
    session: Session, order_id: int, quantities: Mapping[int, Decimal], *, by: int, at: datetime
) -> Invoice:
    """An invoice of some ``quantities``, by order line.

    Raises AlreadyInvoiced when there is a draft, MoreThanOrdered, NothingToInvoice.
    """
    account = _ready(session, order_id)
    billed, wanted = account.billed, {key: each for key, each in quantities.items() if each}
    lines = {line.id: line for line in account.order.paid_once}
    if not wanted.keys() <= lines.keys():
        raise NotFound(order=order_id)
    above = {
        key: billed.remaining(lines[key]) for key in wanted if wanted[key] > billed.remaining(lines[key])
    }
    if above:
        raise MoreThanOrdered(remaining=above)
    if not wanted:
        raise NothingToInvoice(order=account.order.number)
    return _drafted(session, _invoice_of(account, wanted), account.order, by=by, at=at)


def discard_draft(session: Session, invoice_id: int, *, revision: int, by: int, at: datetime) -> Invoice:
    """Put a draft away; it had no number. Raises AlreadyIssued, Discarded, StaleRevision."""
    invoice = session.scalar(sa.select(Invoice).where(Invoice.id == invoice_id).with_for_update(of=Invoice))
    if invoice is None:
        raise NotFound(invoice=invoice_id)
    invoice.refuse_unless_draft()
    invoice.opened_as(revision)
    invoice.state = InvoiceState.DISCARDED
    order = session.get_one(Order, invoice.order_id)
    invoice.record(
        InvoiceDiscarded(
            invoice_id=invoice.id, order_id=order.id, opportunity_id=order.opportunity_id, by=by, at=at
        )
    )
    return invoice


def _ready(session: Session, order_id: int) -> Account:
    account = order_to_bill(session, order_id)
    if account.draft is not None:
        raise AlreadyInvoiced(order=account.order.number, invoice=account.draft.id)
    return account


def _latest(account: Account) -> Invoice:
    return account.issued[-1]


def _drafted(session: Session, invoice: Invoice, order: Order, *, by: int, at: datetime) -> Invoice:
    invoice.created_at, invoice.created_by = at, by
    totals = invoice.totals
    invoice.net, invoice.vat, invoice.gross = totals.net, totals.vat, totals.gross
    session.add(invoice)
    session.flush()  # the invoice gets its id, which the event carries
    invoice.record(
        InvoiceDrafted(
            invoice_id=invoice.id, order_id=order.id, opportunity_id=order.opportunity_id, by=by, at=at
        )
    )
    return invoice


def _deposit_invoice(account: Account) -> Invoice:
    taxes = [InvoiceTax.of(each.vat, RateSums(each.base, each.tax)) for each in account.deposit.taxes]
    return _paper(account, InvoiceKind.DEPOSIT, discount=ZERO, taxes=taxes, lines=[])


def _invoice_of(account: Account, wanted: Mapping[int, Decimal]) -> Invoice:
    order, deposit, to_bill = account.order, account.paid_ahead, account.to_bill
    rest = all(wanted.get(key) == quantity for key, quantity in to_bill.items())
    begun = deposit is not None or any(account.billed.quantities.values())
    part = part_of(
        order.paid_once,
        account.billed,
        wanted,
        discount=order.reduction,
        deposit=order.deposit_percent if deposit is not None else ZERO,
        currency=order.currency,
    )
    ordered = {line.id: line for line in order.lines}
    invoice = _paper(
        account,
        InvoiceKind.PART if not rest else InvoiceKind.BALANCE if begun else InvoiceKind.WHOLE,
        discount=order.discount,
        taxes=[InvoiceTax.of(vat, sums) for vat, sums in part.sums.items()],
        lines=[_invoice_line(ordered[each.line_id], each, step_of(order.currency)) for each in part.lines],
    )
    invoice.deducts_id = deposit.id if deposit is not None else None
    return invoice


def _paper(
    account: Account,
    kind: InvoiceKind,
    *,
    discount: Decimal,
    taxes: list[InvoiceTax],
    lines: list[InvoiceLine],
) -> Invoice:
    order = account.order
    return Invoice(
        order_id=order.id,
        client_id=order.client_id,
        state=InvoiceState.DRAFT,
        kind=kind,
        language=order.language,
        currency=order.currency,
        discount=discount,
        discount_amount=order.discount_amount if lines else ZERO,
        taxes=taxes,
        lines=lines,
    )


def _invoice_line(line: OrderLine, part: PartLine, step: Decimal) -> InvoiceLine:
    return InvoiceLine(
        order_line_id=line.id,
        position=line.position,
        name=line.name,
        description=line.description,
        nature=line.nature,
        unit=line.unit,
        quantity=part.quantity,
        unit_price=line.unit_price,
        discount=line.discount,
        discount_amount=taken_off(line.unit_price, part.quantity, part.net, step)
        if line.discount_amount
        else ZERO,
        vat_category=line.vat_category,
        vat_rate=line.vat_rate,
        net=part.net,
    )
