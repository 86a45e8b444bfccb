"""What the invoices of some days come to, less the credit notes of these days: by currency and VAT rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from backoffice.accounting.papers import invoices_issued, notes_issued, pdf_of_invoice, pdf_of_note
from backoffice.accounting.span import Span
from backoffice.credit_notes.models import CreditNote, CreditNoteTax
from backoffice.db import Amount
from backoffice.documents.models import Document
from backoffice.invoices.models import Invoice, InvoiceTax
from backoffice.invoices.months import Month, months_between
from backoffice.money import ZERO, Vat

TRIES = 3
NAMED = 5
"""Papers still being made that a page names; of more it tells how many."""


@dataclass(frozen=True)
class RateSum:
    vat: Vat
    base: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.base + self.tax


@dataclass(frozen=True)
class Sums:
    """Of one currency. ``rates`` in the order of categories and rates."""

    currency: str
    rates: Sequence[RateSum]

    @property
    def net(self) -> Decimal:
        return sum((each.base for each in self.rates), ZERO)

    @property
    def vat(self) -> Decimal:
        return sum((each.tax for each in self.rates), ZERO)

    @property
    def gross(self) -> Decimal:
        return self.net + self.vat


@dataclass(frozen=True, kw_only=True)
class Overview:
    """``unmade``: how many PDFs are still being made, and the numbers of the first of them."""

    invoices: int
    notes: int
    sums: Sequence[Sums]
    unmade: tuple[int, Sequence[str]]

    @property
    def count(self) -> int:
        return self.invoices + self.notes


def overview(session: Session, span: Span) -> Overview:
    """From a constant number of statements."""
    count = sa.select(
        sa.select(sa.func.count(Invoice.id)).where(invoices_issued(span)).scalar_subquery(),
        sa.select(sa.func.count(CreditNote.id)).where(notes_issued(span)).scalar_subquery(),
    )
    invoices, notes = session.execute(count).one()
    return Overview(invoices=invoices, notes=notes, sums=sums_of(session, span), unmade=unmade(session, span))


def sums_of(session: Session, span: Span) -> list[Sums]:
    found: dict[str, dict[Vat, RateSum]] = {}
    for sign, query in ((1, _invoiced(span)), (-1, _credited(span))):
        for currency, category, rate, base, tax in session.execute(query):
            vat, rates = Vat(category.value, rate), found.setdefault(currency, {})
            known = rates.get(vat, RateSum(vat, ZERO, ZERO))
            rates[vat] = RateSum(vat, known.base + sign * base, known.tax + sign * tax)
    return [
        Sums(currency, sorted(rates.values(), key=lambda each: (each.vat.category, each.vat.rate)))
        for currency, rates in sorted(found.items())
    ]


def unmade(
    session: Session, span: Span, *, until: datetime | None = None, hopeful: bool = False
) -> tuple[int, list[str]]:
    """Papers of these days whose PDF is still being made: how many, and the first numbers.

    ``until``: issued before that moment; ``hopeful``: without those that could not be made several times.
    """
    owed = Document.archived_at.is_(None) & (Document.attempts < TRIES if hopeful else sa.true())
    waiting = sa.union_all(
        sa.select(Invoice.number).join(Document, pdf_of_invoice()).where(owed, invoices_issued(span, until)),
        sa.select(CreditNote.number).join(Document, pdf_of_note()).where(owed, notes_issued(span, until)),
    ).subquery()
    number = waiting.c.number
    found = session.execute(sa.select(number, sa.func.count().over()).order_by(number).limit(NAMED)).all()
    return (found[0][1], [str(each) for each, _count in found]) if found else (0, [])


def latest_month(session: Session, today: date) -> Month:
    """The latest of which there are invoices, or else this one."""
    return Month.of(session.scalar(sa.select(sa.func.max(Invoice.issued_on))) or today)


def booked_months(session: Session, today: date) -> list[Month]:
    """From that of the first invoice to this one, the latest first."""
    day = Invoice.issued_on
    # Apart: SQLite takes its index for either, and reads all of it for both.
    first, last = session.execute(
        sa.select(
            sa.select(sa.func.min(day)).scalar_subquery(), sa.select(sa.func.max(day)).scalar_subquery()
        )
    ).one()
    return months_between(first or today, max(last or today, today))


def _invoiced(span: Span) -> Select[*tuple[Any, ...]]:
    return (
        _by_rate(Invoice.currency, InvoiceTax)
        .join(Invoice, Invoice.id == InvoiceTax.invoice_id)
        .where(invoices_issued(span))
    )


def _credited(span: Span) -> Select[*tuple[Any, ...]]:
    joined = _by_rate(CreditNote.currency, CreditNoteTax).join(
        CreditNote, CreditNote.id == CreditNoteTax.credit_note_id
    )
    return joined.where(notes_issued(span))


def _by_rate(currency: Any, taxes: type[InvoiceTax | CreditNoteTax]) -> Select[*tuple[Any, ...]]:
    """What a deposit has paid was declared with the deposit's own invoice."""
    return (
        sa.select(
            currency,
            taxes.vat_category,
            taxes.vat_rate,
            sa.func.sum(taxes.base - taxes.deducted_base, type_=Amount),
            sa.func.sum(taxes.tax - taxes.deducted_tax, type_=Amount),
        )
        .select_from(taxes)
        .group_by(currency, taxes.vat_category, taxes.vat_rate)
    )
