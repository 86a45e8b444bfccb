"""How far an order is billed: its invoices and credit notes, loaded together and added up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer, selectinload

from backoffice.credit_notes.models import CreditNote
from backoffice.errors import NotFound
from backoffice.invoices.models import Invoice, InvoiceKind, InvoiceState
from backoffice.invoices.parting import NOTHING, Billed, RateSums
from backoffice.money import ZERO, Totals, Vat, VatTotal
from backoffice.orders.agreement import agreement_of
from backoffice.orders.models import Order
from backoffice.quotes import canonical
from backoffice.quotes.deposit import deposit_totals
from backoffice.quotes.reading import read_totals


@dataclass(frozen=True)
class Account:
    """An order with all that was billed and taken back of it; ``deposit`` is what its signature promised."""

    order: Order
    deposit: Totals
    invoices: Sequence[Invoice]
    notes: Sequence[CreditNote]

    @property
    def draft(self) -> Invoice | None:
        return next((each for each in self.invoices if each.state is InvoiceState.DRAFT), None)

    @property
    def issued(self) -> list[Invoice]:
        return [each for each in self.invoices if each.state is InvoiceState.ISSUED]

    @property
    def billed(self) -> Billed:
        """Without deposits, which bill no line."""
        supplies = {each.id for each in self.issued if each.kind is not InvoiceKind.DEPOSIT}
        quantities: dict[int, Decimal] = {}
        nets: dict[int, Decimal] = {}
        sums: dict[Vat, RateSums] = {}
        order_line = {}
        for invoice in self.issued:
            for line in invoice.lines:
                order_line[line.id] = line.order_line_id
                _add(quantities, line.order_line_id, line.quantity)
                _add(nets, line.order_line_id, line.net)
            if invoice.id in supplies:
                _add_sums(sums, invoice.sums)
        for note in self.notes:
            for each in note.lines:
                _add(quantities, order_line[each.invoice_line_id], -each.quantity)
                _add(nets, order_line[each.invoice_line_id], -each.net)
            if note.invoice_id in supplies:
                _add_sums(sums, {vat: -taken for vat, taken in note.sums.items()})
        return Billed(quantities, nets, sums)

    def is_credited(self, invoice: Invoice) -> bool:
        """Whether nothing of it is left."""
        taken = {each.id: ZERO for each in invoice.lines}
        notes = [note for note in self.notes if note.invoice_id == invoice.id]
        for note in notes:
            for each in note.lines:
                taken[each.invoice_line_id] += each.quantity
        return bool(notes) and all(taken[each.id] == each.quantity for each in invoice.lines)

    @property
    def paid_ahead(self) -> Invoice | None:
        """The deposit invoice that stands."""
        deposits = (each for each in self.issued if each.kind is InvoiceKind.DEPOSIT)
        return next((each for each in deposits if not self.is_credited(each)), None)

    @property
    def to_bill(self) -> Mapping[int, Decimal]:
        """What remains, by order line; lines without a quantity are said once."""
        billed = self.billed
        return {
            line.id: billed.remaining(line)
            for line in self.order.paid_once
            if billed.remaining(line) > 0 or (line.quantity == 0 and line.id not in billed.quantities)
        }

    @property
    def next_kind(self) -> InvoiceKind | None:
        """What the one button makes: the deposit first, then all that remains; None when nothing does."""
        begun = any(quantity > 0 for quantity in self.billed.quantities.values())
        if self.deposit.gross and not begun and self.paid_ahead is None:
            return InvoiceKind.DEPOSIT
        if not self.to_bill:
            return None
        return InvoiceKind.BALANCE if begun or self.paid_ahead is not None else InvoiceKind.WHOLE

    @property
    def net_billed(self) -> Decimal:
        return sum((each.net for each in self.issued), ZERO) - sum((each.net for each in self.notes), ZERO)

    @property
    def gross_billed(self) -> Decimal:
        return sum((each.gross for each in self.issued), ZERO) - sum(
            (each.gross for each in self.notes), ZERO
        )


def order_to_bill(session: Session, order_id: int) -> Account:
    """The order locked: whoever bills or credits it next waits. Raises NotFound."""
    order = session.scalar(
        sa.select(Order)
        .where(Order.id == order_id)
        .options(selectinload(Order.lines))
        .with_for_update(of=Order)
    )
    if order is None:
        raise NotFound(order=order_id)
    return account_of(session, order)


def account_of(session: Session, order: Order) -> Account:
    """``order`` comes with its lines; three statements and their eager loads."""
    invoices = session.scalars(
        sa.select(Invoice)
        .where(Invoice.order_id == order.id, Invoice.state != InvoiceState.DISCARDED)
        .options(defer(Invoice.content), selectinload(Invoice.lines), selectinload(Invoice.taxes))
        .order_by(Invoice.id)
    ).all()
    notes = session.scalars(
        sa.select(CreditNote)
        .where(CreditNote.order_id == order.id)
        .options(defer(CreditNote.content), selectinload(CreditNote.lines), selectinload(CreditNote.taxes))
        .order_by(CreditNote.id)
    ).all()
    totals = agreement_of(session, order).totals
    return Account(order, deposit_of(order, totals), invoices, notes)


def deposit_of(order: Order, totals: bytes) -> Totals:
    """What the order's deposit comes to; ``totals`` as agreed on."""
    taxes = (
        VatTotal(Vat(each.category, each.rate), each.base, each.tax)
        for each in read_totals(canonical.read(totals)).taxes
    )
    return deposit_totals(taxes, order.deposit_percent, currency=order.currency)


def _add(sums: dict[int, Decimal], key: int, amount: Decimal) -> None:
    sums[key] = sums.get(key, ZERO) + amount


def _add_sums(sums: dict[Vat, RateSums], more: Mapping[Vat, RateSums]) -> None:
    for vat, each in more.items():
        sums[vat] = sums.get(vat, NOTHING) + each


def credited_of(notes: Iterable[CreditNote], invoice_id: int) -> Decimal:
    """What credit notes took off an invoice, VAT included."""
    return sum((note.gross for note in notes if note.invoice_id == invoice_id), ZERO)
