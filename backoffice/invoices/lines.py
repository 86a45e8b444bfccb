"""The lines of an invoice or a credit note as a page shows them, those that stand for a deposit included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backoffice.catalogue.models import Nature
from backoffice.db import Bilingual, unscaled
from backoffice.invoices.content import deduction_lines, deposit_lines, line_content
from backoffice.invoices.models import Invoice, InvoiceKind


@dataclass(frozen=True)
class ShownLine:
    name: Bilingual
    description: Bilingual
    quantity: Decimal
    unit: str
    unit_price: Decimal
    discount: Decimal
    discount_amount: Decimal
    vat_rate: Decimal
    net: Decimal


def shown_lines(invoice: Invoice) -> Sequence[ShownLine]:
    """What the paper says or will say; ``invoice`` comes with order, lines, taxes and the deposit it deducts."""
    natures = frozenset({Nature.SERVICE})  # not shown
    if invoice.kind is InvoiceKind.DEPOSIT:
        lines = deposit_lines(invoice, invoice.order, natures)
    else:
        lines = [line_content(line) for line in invoice.lines]
        lines += deduction_lines(invoice.sums, invoice.deducts, natures)
    return [frozen_line(line) for line in lines]


def frozen_line(line: Mapping[str, Any]) -> ShownLine:
    """A line of a frozen content."""
    return ShownLine(
        name=Bilingual(**line["name"]),
        description=Bilingual(**line["description"]),
        quantity=unscaled(line["quantity"], 4),
        unit=line["unit"],
        unit_price=unscaled(line["unit_price"], 6),
        discount=unscaled(line["discount"], 2),
        discount_amount=unscaled(line.get("discount_amount", 0), 2),
        vat_rate=unscaled(line["vat"]["rate"], 2),
        net=unscaled(line["net"], 2),
    )
