"""What became of an order: its invoices, their credit notes and payments, how far each got, and the one next act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.credit_notes.models import CreditNote
from backoffice.invoices.billed import Account, account_of, credited_of
from backoffice.invoices.models import Invoice, InvoiceKind
from backoffice.money import ZERO
from backoffice.orders.models import Order, OrderLine
from backoffice.payments.models import Payment
from backoffice.payments.settlement import Settlement, settlement_of

FULL = 1000
"""The length of a bar that shows everything ordered."""


@dataclass(frozen=True)
class ChainedInvoice:
    invoice: Invoice
    settlement: Settlement
    notes: Sequence[CreditNote]
    payments: Sequence[Payment]

    @property
    def reversed_ids(self) -> frozenset[int]:
        """Entries that a reverse one took back."""
        return frozenset(each.reverses_id for each in self.payments if each.reverses_id is not None)


@dataclass(frozen=True)
class LineProgress:
    """Quantities of an order line; ``invoiced`` before credit notes."""

    line: OrderLine
    invoiced: Decimal
    credited: Decimal
    remaining: Decimal


@dataclass(frozen=True)
class Chain:
    """``account.order`` with everything that followed from it."""

    account: Account
    invoices: Sequence[ChainedInvoice]

    @property
    def order(self) -> Order:
        return self.account.order

    @property
    def draft(self) -> Invoice | None:
        return self.account.draft

    @property
    def next_kind(self) -> InvoiceKind | None:
        return self.account.next_kind

    @property
    def to_settle(self) -> Invoice | None:
        """The first invoice on which money is awaited."""
        return next((each.invoice for each in self.invoices if _is_open(each)), None)

    @property
    def latest(self) -> Invoice | None:
        return self.invoices[-1].invoice if self.invoices else None

    @property
    def billed(self) -> Decimal:
        return self.account.gross_billed

    @property
    def to_bill(self) -> Decimal:
        return self.order.gross - self.billed

    @property
    def paid(self) -> Decimal:
        return sum((each.settlement.paid for each in self.invoices), ZERO)

    @property
    def billed_length(self) -> int:
        return _length(self.billed, self.order.gross)

    @property
    def paid_length(self) -> int:
        return _length(self.paid, self.order.gross)

    def of(self, invoice_id: int) -> ChainedInvoice | None:
        return next((each for each in self.invoices if each.invoice.id == invoice_id), None)

    @property
    def lines(self) -> list[LineProgress]:
        """Every order line, with what is left of it."""
        invoiced: dict[int, Decimal] = {}
        for invoice in self.account.issued:
            for line in invoice.lines:
                invoiced[line.order_line_id] = invoiced.get(line.order_line_id, ZERO) + line.quantity
        billed = self.account.billed
        return [
            LineProgress(
                line,
                invoiced.get(line.id, ZERO),
                invoiced.get(line.id, ZERO) - billed.quantities.get(line.id, ZERO),
                billed.remaining(line),
            )
            for line in self.order.paid_once
        ]


def chain_of(session: Session, order: Order, today: date) -> Chain:
    """``order`` comes with its lines."""
    account = account_of(session, order)
    payments = session.scalars(
        sa.select(Payment)
        .join(Invoice, Invoice.id == Payment.invoice_id)
        .where(Invoice.order_id == order.id)
        .order_by(Payment.id)
    ).all()
    return Chain(account, [_chained(each, account, payments, today) for each in account.invoices])


def _chained(invoice: Invoice, account: Account, payments: Sequence[Payment], today: date) -> ChainedInvoice:
    paid = [each for each in payments if each.invoice_id == invoice.id]
    settlement = settlement_of(
        invoice,
        paid=sum((each.amount for each in paid), ZERO),
        credited=credited_of(account.notes, invoice.id),
        today=today,
    )
    notes = [each for each in account.notes if each.invoice_id == invoice.id]
    return ChainedInvoice(invoice, settlement, notes, paid)


def _is_open(each: ChainedInvoice) -> bool:
    return each.invoice.number is not None and each.settlement.open != 0


def _length(amount: Decimal, whole: Decimal) -> int:
    if whole <= 0:
        return 0
    return max(0, min(FULL, int(amount * FULL / whole)))
