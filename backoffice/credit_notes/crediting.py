"""What a credit note takes back of an invoice, exactly: all of it is the mirror of what the invoice says.

A part takes back its share of each amount that the invoice states, so that several credit notes of one
invoice come to that invoice and never to a cent more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from backoffice.credit_notes.models import CreditNote
from backoffice.credit_notes.refusals import AlreadyCredited, MoreThanInvoiced, NothingToCredit
from backoffice.invoices.models import Invoice, InvoiceKind, InvoiceLine
from backoffice.invoices.parting import NOTHING, RateSums, mirrored, totals_of_sums
from backoffice.money import ZERO, Totals, Vat, step_of


@dataclass(frozen=True)
class CreditLine:
    line: InvoiceLine
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True)
class Credit:
    """A credit note to be."""

    lines: tuple[CreditLine, ...]
    sums: Mapping[Vat, RateSums]
    totals: Totals


@dataclass(frozen=True)
class Credited:
    """What earlier credit notes took back of an invoice, by invoice line and by VAT rate."""

    quantities: Mapping[int, Decimal]
    nets: Mapping[int, Decimal]
    sums: Mapping[Vat, RateSums]

    @classmethod
    def by(cls, notes: Sequence[CreditNote]) -> "Credited":
        quantities: dict[int, Decimal] = {}
        nets: dict[int, Decimal] = {}
        sums: dict[Vat, RateSums] = {}
        for note in notes:
            for each in note.lines:
                quantities[each.invoice_line_id] = quantities.get(each.invoice_line_id, ZERO) + each.quantity
                nets[each.invoice_line_id] = nets.get(each.invoice_line_id, ZERO) + each.net
            for vat, taken in note.sums.items():
                sums[vat] = sums.get(vat, NOTHING) + taken
        return cls(quantities, nets, sums)

    def remaining(self, line: InvoiceLine) -> Decimal:
        return line.quantity - self.quantities.get(line.id, ZERO)


def credit_of(
    invoice: Invoice, notes: Sequence[CreditNote], wanted: Mapping[int, Decimal] | None = None
) -> Credit:
    """What crediting ``wanted``, by invoice line, would take back; None: all that is left.

    A deposit is credited as a whole. Raises AlreadyCredited, MoreThanInvoiced, NothingToCredit.
    """
    credited = Credited.by(notes)
    left = {line.id: credited.remaining(line) for line in invoice.lines}
    if notes and not any(left.values()):
        raise AlreadyCredited(invoice=invoice.id, note=notes[-1].id)
    if invoice.kind is InvoiceKind.DEPOSIT or wanted is None:
        wanted = left
    wanted = {key: each for key, each in wanted.items() if each or left.get(key) == each}
    above = {key: left.get(key, ZERO) for key in wanted if wanted[key] > left.get(key, ZERO)}
    if above:
        raise MoreThanInvoiced(remaining=above)
    if invoice.lines and not any(wanted.values()) and any(left.values()):
        raise NothingToCredit(invoice=invoice.number)
    lines, reached = _lines(invoice, credited, wanted)
    nets = _nets(invoice, lines)
    sums = {
        vat: part
        for vat, each in invoice.sums.items()
        # A rate of which nothing is credited has no place in the VAT breakdown (EN 16931, BG-23).
        if (part := _reached(invoice, vat, each, reached) - credited.sums.get(vat, NOTHING)) != NOTHING
        or vat in nets
    }
    return Credit(lines, sums, totals_of_sums(nets, sums, currency=invoice.currency))


def _lines(
    invoice: Invoice, credited: Credited, wanted: Mapping[int, Decimal]
) -> tuple[tuple[CreditLine, ...], dict[int, Decimal]]:
    """The lines, and what of each line's net is credited once they are."""
    step = step_of(invoice.currency)
    lines, reached = [], dict(credited.nets)
    for line in invoice.lines:
        if line.id not in wanted:
            continue
        quantity = credited.quantities.get(line.id, ZERO) + wanted[line.id]
        reached[line.id] = mirrored(line.net, quantity, line.quantity, step)
        lines.append(CreditLine(line, wanted[line.id], reached[line.id] - credited.nets.get(line.id, ZERO)))
    return tuple(lines), reached


def _reached(invoice: Invoice, vat: Vat, sums: RateSums, reached: Mapping[int, Decimal]) -> RateSums:
    """What of a VAT rate is credited once ``reached`` of its lines' nets are."""
    step = step_of(invoice.currency)
    of = invoice.nets[vat]
    part = sum((reached.get(line.id, ZERO) for line in invoice.lines if line.vat == vat), ZERO)
    if invoice.kind is InvoiceKind.DEPOSIT:
        part = of
    return RateSums(
        *(
            mirrored(amount, part, of, step)
            for amount in (sums.base, sums.tax, sums.deducted_base, sums.deducted_tax)
        )
    )


def _nets(invoice: Invoice, lines: Sequence[CreditLine]) -> dict[Vat, Decimal]:
    if invoice.kind is InvoiceKind.DEPOSIT:
        return invoice.nets
    nets: dict[Vat, Decimal] = {}
    for each in lines:
        nets[each.line.vat] = nets.get(each.line.vat, ZERO) + each.net
    return nets
