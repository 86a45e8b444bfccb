"""The content of an invoice: all that its paper shows, as facts that freeze to canonical bytes.

Schema 2 (1 knew neither deposits nor parts); units as in ``quotes.content``. ``type_code`` is UNTDID 1001's:
386 for a deposit, else 380. A deposit taken off stands among the lines with a negative quantity, one per
VAT rate (XP Z12-014, first method), so that the invoice's VAT is what is left to declare.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext

from backoffice import clock
from backoffice.catalogue.models import Nature
from backoffice.clients.models import Client
from backoffice.db import Bilingual, scaled
from backoffice.invoices.models import Invoice, InvoiceKind, InvoiceLine
from backoffice.invoices.parting import RateSums
from backoffice.language import in_both, longdate, percent
from backoffice.money import ZERO, Totals, Vat, VatTotal, share, step_of
from backoffice.orders.agreement import Agreement
from backoffice.orders.models import Order
from backoffice.quotes.choice import hundredths, totals_content
from backoffice.quotes.content import client_content
from backoffice.quotes.deposit import DepositKind
from backoffice.seller.models import Seller

SCHEMA = 2
DEPOSIT_INVOICE, COMMERCIAL_INVOICE = "386", "380"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """All that an invoice's content is made of; ``quoted``: what was agreed on; ``natures``: of what is billed."""

    invoice: Invoice
    order: Order
    agreement: Agreement
    quoted: Mapping[str, Any]
    natures: frozenset[Nature]
    client: Client
    seller: Seller


def invoice_content(paper: Paper, *, number: str, on: date, due: date) -> dict[str, Any]:
    """All that the paper shows but its texts.

    Raises ArithmeticError when the lines do not come to what was drafted: that would be our mistake, not the reader's.
    """
    invoice, order, seller = paper.invoice, paper.order, paper.seller
    totals = invoice.totals
    _refuse_wrong_sums(invoice, totals)
    is_deposit = invoice.kind is InvoiceKind.DEPOSIT
    return {
        "schema": SCHEMA,
        "kind": "invoice",
        "billing": invoice.kind.value,
        "type_code": DEPOSIT_INVOICE if is_deposit else COMMERCIAL_INVOICE,
        "deposit_kind": order.deposit_kind.value if is_deposit and order.deposit_kind else None,
        "number": number,
        "version": 1,
        "language": invoice.language,
        "currency": invoice.currency,
        "timezone": seller.timezone,
        "issued_on": on.isoformat(),
        "due_on": due.isoformat(),
        "supplied_on": None if is_deposit else on.isoformat(),
        "order_number": order.number,
        "ordered_on": clock.day_of(order.placed_at, seller.timezone).isoformat(),
        "quote_number": order.quote_number,
        "operation_category": _category(paper.natures),
        "title": order.title.as_content(),
        "introduction": {"fr": "", "en": ""},
        "seller": seller.as_content(),
        "client": {**client_content(paper.client, None), "contact": paper.quoted["client"]["contact"]},
        "rep": paper.quoted["rep"],
        "lines": _lines(paper),
        "deducts": _preceding(invoice.deducts),
        "discount": hundredths(invoice.discount),
        "discount_amount": hundredths(invoice.discount_amount),
        "totals": totals_content(totals),
        "payment_days": 0 if is_deposit else order.payment_days,
    }


def _refuse_wrong_sums(invoice: Invoice, totals: Totals) -> None:
    """Raises ArithmeticError. A part may be a step off its discount: what is billed so far is rounded.

    Of a discount that is an amount, an invoice bears as much as is billed of each rate: nothing below, nor all above.
    """
    step = step_of(invoice.currency)
    nets, taken = invoice.nets, {vat: invoice.nets[vat] - each.base for vat, each in invoice.sums.items()}
    if invoice.discount_amount:
        off = not -2 * step <= sum(taken.values(), ZERO) <= invoice.discount_amount + 2 * step
    else:
        tolerance = 2 * step if invoice.discount else ZERO
        off = any(
            abs(part - share(nets[vat], invoice.discount, step)) > tolerance for vat, part in taken.items()
        )
    if off or (totals.net, totals.vat, totals.gross) != (invoice.net, invoice.vat, invoice.gross):
        raise ArithmeticError(f"draft {invoice.id} does not add up")


def deducted_from(invoice: Invoice) -> Totals:
    """What a deposit takes off this invoice."""
    taxes = tuple(
        VatTotal(vat, each.deducted_base, each.deducted_tax)
        for vat, each in invoice.sums.items()
        if each.deducted_base
    )
    net, vat = sum((each.base for each in taxes), ZERO), sum((each.tax for each in taxes), ZERO)
    return Totals(net, ZERO, net, vat, net + vat, taxes)


def deposit_lines(invoice: Invoice, order: Order, natures: frozenset[Nature]) -> list[dict[str, Any]]:
    """One line per VAT rate."""
    return [
        synthetic_line(vat, each.base, name=deposit_name(order), nature=_nature(natures))
        for vat, each in invoice.sums.items()
    ]


def deposit_name(order: Order) -> Bilingual:
    """What a line of a deposit invoice is called."""

    def say() -> str:
        share, quote = percent(order.deposit_percent), order.quote_number
        if order.deposit_kind is DepositKind.ARRHES:
            return gettext("Earnest money (arrhes) of %(share)s on quote %(quote)s", share=share, quote=quote)
        return gettext("Deposit of %(share)s on quote %(quote)s", share=share, quote=quote)

    return in_both(say)


def deduction_lines(
    sums: Mapping[Vat, RateSums], deposit: Invoice | None, natures: frozenset[Nature]
) -> list[dict[str, Any]]:
    """What a deposit has paid, with a negative quantity; the price stays positive (EN 16931, BR-27)."""
    if deposit is None or deposit.number is None or deposit.issued_on is None:
        return []
    number, on = deposit.number, deposit.issued_on
    name = in_both(
        lambda: gettext("Deposit deducted: invoice %(number)s of %(day)s", number=number, day=longdate(on))
    )
    return [
        synthetic_line(vat, each.deducted_base, name=name, nature=_nature(natures), times=-1)
        for vat, each in sums.items()
        if each.deducted_base
    ]


def synthetic_line(
    vat: Vat, amount: Any, *, name: Bilingual, nature: Nature, times: int = 1
) -> dict[str, Any]:
    """A line that stands for an amount, not for a thing ordered."""
    return {
        "id": f"{vat.category}-{hundredths(vat.rate)}",
        "kind": "item",
        "name": name.as_content(),
        "description": {"fr": "", "en": ""},
        "nature": nature.value,
        "unit": "LS",
        "quantity": times * 10_000,
        "unit_price": scaled(amount, 6),
        "discount": 0,
        "vat": {"category": vat.category, "rate": hundredths(vat.rate)},
        "net": times * hundredths(amount),
    }


def line_content(line: InvoiceLine) -> dict[str, Any]:
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
        "discount_amount": hundredths(line.discount_amount),
        "vat": {"category": line.vat_category.value, "rate": hundredths(line.vat_rate)},
        "net": hundredths(line.net),
    }


def _lines(paper: Paper) -> list[dict[str, Any]]:
    invoice = paper.invoice
    if invoice.kind is InvoiceKind.DEPOSIT:
        return deposit_lines(invoice, paper.order, paper.natures)
    lines = [line_content(line) for line in invoice.lines]
    return lines + deduction_lines(invoice.sums, invoice.deducts, paper.natures)


def _preceding(deposit: Invoice | None) -> dict[str, Any] | None:
    """BG-3: the deposit invoice, by number and date."""
    if deposit is None or deposit.issued_on is None:
        return None
    return {
        "number": deposit.number,
        "issued_on": deposit.issued_on.isoformat(),
        "gross": hundredths(deposit.gross),
    }


def _category(natures: frozenset[Nature]) -> str:
    if natures == {Nature.GOODS}:
        return "goods"
    return "service" if natures == {Nature.SERVICE} else "both"


def _nature(natures: frozenset[Nature]) -> Nature:
    return Nature.GOODS if natures == {Nature.GOODS} else Nature.SERVICE
