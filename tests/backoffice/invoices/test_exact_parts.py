"""Deposit, parts, credit notes and balance come to what was signed, to the cent, whatever is ordered and however it is cut up."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import event, given
from hypothesis import strategies as st

from backoffice.catalogue.models import VatCategory
from backoffice.credit_notes.crediting import credit_of
from backoffice.credit_notes.models import CreditNote, CreditNoteLine, CreditNoteTax
from backoffice.invoices.models import Invoice, InvoiceKind, InvoiceLine, InvoiceTax
from backoffice.invoices.parting import NOTHING, Billed, RateSums, part_of, totals_of_sums
from backoffice.money import ZERO, Discount, PricedLine, Totals, Vat, step_of, totals_of_lines
from backoffice.quotes.deposit import deposit_totals

VATS = [
    Vat("S", Decimal(20)),
    Vat("S", Decimal("5.5")),
    Vat("S", Decimal("2.1")),
    Vat("AE", ZERO),
    Vat("E", ZERO),
]


@dataclass(frozen=True)
class Line:
    """An order line."""

    id: int
    priced: PricedLine
    net: Decimal


@dataclass(frozen=True)
class Deal:
    lines: list[Line]
    discount: Discount
    deposit: Decimal
    currency: str

    @property
    def signed(self) -> Totals:
        return totals_of_lines(
            [line.priced for line in self.lines], discount=self.discount, currency=self.currency
        )


def decimals(least: str, most: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(least, most, places=places, allow_nan=False, allow_infinity=False)


percentages = st.one_of(st.sampled_from([ZERO, Decimal(30), Decimal(100)]), decimals("0", "100", 2))


def amounts(currency: str) -> st.SearchStrategy[Decimal]:
    return st.integers(0, 90_000).map(lambda steps: steps * step_of(currency))


def discounts(currency: str) -> st.SearchStrategy[Discount]:
    return st.one_of(st.builds(Discount, percentages), st.builds(Discount, st.just(ZERO), amounts(currency)))


@st.composite
def deals(draw: st.DrawFn) -> Deal:
    currency = draw(st.sampled_from(["EUR", "JPY"]))
    priced = draw(
        st.lists(
            st.builds(
                PricedLine,
                st.one_of(st.integers(1, 9).map(Decimal), decimals("0.0001", "500", 4)),
                st.one_of(decimals("0", "0.02", 6), decimals("0", "9000", 2), decimals("0", "900", 6)),
                percentages,
                st.sampled_from(VATS),
                st.one_of(st.just(ZERO), amounts(currency)),
            ),
            min_size=1,
            max_size=6,
        )
    )
    lines = [Line(number, each, each.net(step_of(currency))) for number, each in enumerate(priced)]
    return Deal(lines, draw(discounts(currency)), draw(percentages), currency)


class Ledger:
    """An order as it is billed bit by bit, kept by hand and without a database."""

    def __init__(self, deal: Deal, *, deposit: bool) -> None:
        self.deal = deal
        self.billed = Billed()
        self.deposit = (
            deposit_totals(deal.signed.taxes, deal.deposit, currency=deal.currency) if deposit else None
        )
        self.total: dict[Vat, tuple[Decimal, Decimal]] = {}
        if self.deposit:
            for each in self.deposit.taxes:
                self._count(each.vat, each.base, each.tax)

    def bill(self, wanted: Mapping[int, Decimal]) -> Invoice:
        deal = self.deal
        part = part_of(
            deal.lines, self.billed, wanted,
            discount=deal.discount, deposit=deal.deposit if self.deposit else ZERO, currency=deal.currency,
        )  # fmt: skip
        by_id = {line.id: line for line in deal.lines}
        invoice = Invoice(
            kind=InvoiceKind.PART,
            number="F-1",
            currency=deal.currency,
            lines=[
                InvoiceLine(
                    id=each.line_id, order_line_id=each.line_id, quantity=each.quantity, net=each.net,
                    vat_category=VatCategory(by_id[each.line_id].priced.vat.category), vat_rate=by_id[each.line_id].priced.vat.rate,
                )
                for each in part.lines
            ],
            taxes=[InvoiceTax.of(vat, sums) for vat, sums in part.sums.items()],
        )  # fmt: skip
        self._book(invoice.lines, part.sums, 1)
        self._check_totals(invoice)
        return invoice

    def credit(
        self, invoice: Invoice, notes: list[CreditNote], wanted: Mapping[int, Decimal] | None
    ) -> CreditNote:
        credit = credit_of(invoice, notes, wanted)
        note = CreditNote(
            lines=[
                CreditNoteLine(invoice_line_id=each.line.id, quantity=each.quantity, net=each.net)
                for each in credit.lines
            ],
            taxes=[CreditNoteTax.of(vat, sums) for vat, sums in credit.sums.items()],
        )
        self._book(note.lines, credit.sums, -1)
        return note

    def rest(self) -> dict[int, Decimal]:
        return {
            line.id: self.billed.remaining(line) for line in self.deal.lines if self.billed.remaining(line)
        }

    def _book(
        self, lines: list[InvoiceLine] | list[CreditNoteLine], sums: Mapping[Vat, RateSums], sign: int
    ) -> None:
        quantities, nets, kept = dict(self.billed.quantities), dict(self.billed.nets), dict(self.billed.sums)
        for line in lines:
            key = line.order_line_id if isinstance(line, InvoiceLine) else line.invoice_line_id
            quantities[key] = quantities.get(key, ZERO) + sign * line.quantity
            nets[key] = nets.get(key, ZERO) + sign * line.net
        for vat, each in sums.items():
            moved = each if sign > 0 else -each
            kept[vat] = kept.get(vat, NOTHING) + moved
            self._count(vat, moved.base - moved.deducted_base, moved.tax - moved.deducted_tax)
        self.billed = Billed(quantities, nets, kept)

    def _count(self, vat: Vat, base: Decimal, tax: Decimal) -> None:
        before = self.total.get(vat, (ZERO, ZERO))
        self.total[vat] = (before[0] + base, before[1] + tax)

    def _check_totals(self, invoice: Invoice) -> None:
        """What one paper says adds up by itself, and asks for nothing that is not due."""
        totals, step = invoice.totals, step_of(self.deal.currency)
        assert totals == totals_of_sums(invoice.nets, invoice.sums, currency=self.deal.currency)
        assert (
            totals.net == totals.lines - totals.allowance == sum((each.base for each in totals.taxes), ZERO)
        )
        assert totals.gross == totals.net + totals.vat
        for each in totals.taxes:
            assert each.base >= -step
            # EN 16931 BR-CO-17, within the step that its own rules allow: the last invoice takes the rest.
            assert abs(each.tax - each.base * each.vat.rate / 100) < 3 * step


def signed_by_rate(deal: Deal) -> dict[Vat, tuple[Decimal, Decimal]]:
    return {each.vat: (each.base, each.tax) for each in deal.signed.taxes}


def some_of(data: st.DataObject, left: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """A quantity of each of some lines, none above what is left."""
    wanted = {}
    for key, most in left.items():
        tenths = data.draw(st.integers(0, 10), label=f"tenths of line {key}")
        part = most if tenths == 10 else (most * tenths / 10).quantize(Decimal("0.0001"))
        if part:
            wanted[key] = part
    return wanted


@given(deal=deals(), deposit=st.booleans(), parts=st.integers(0, 4), data=st.data())
def test_deposit_parts_and_balance_come_to_what_was_signed(
    *, deal: Deal, deposit: bool, parts: int, data: st.DataObject
) -> None:
    ledger = Ledger(deal, deposit=deposit)
    for _ in range(parts):
        wanted = some_of(data, ledger.rest())
        if wanted:
            ledger.bill(wanted)
    rest = ledger.rest()
    event(f"balance: {bool(rest)}")
    if rest:
        ledger.bill(rest)
    assert ledger.total == signed_by_rate(deal)
    assert all(ledger.billed.nets[line.id] == line.net for line in deal.lines)
    assert sum((base + tax for base, tax in ledger.total.values()), ZERO) == deal.signed.gross


@given(deal=deals(), deposit=st.booleans(), data=st.data())
def test_what_is_credited_can_be_billed_again_and_no_cent_is_lost(
    *, deal: Deal, deposit: bool, data: st.DataObject
) -> None:
    ledger = Ledger(deal, deposit=deposit)
    first = some_of(data, ledger.rest())
    if first:
        invoice = ledger.bill(first)
        notes: list[CreditNote] = []
        back = some_of(data, first)
        if back:
            notes.append(ledger.credit(invoice, notes, back))
        if back != first and data.draw(st.booleans(), label="credit the rest too"):
            notes.append(ledger.credit(invoice, notes, None))
            assert sum_of(notes) == dict(invoice.sums)
    rest = ledger.rest()
    if rest:
        ledger.bill(rest)
    assert ledger.total == signed_by_rate(deal)


@given(deals())
def test_a_hundred_per_cent_deposit_leaves_nothing_to_pay(deal: Deal) -> None:
    whole = Deal(deal.lines, deal.discount, Decimal(100), deal.currency)
    ledger = Ledger(whole, deposit=True)
    balance = ledger.bill(ledger.rest())
    assert ledger.deposit is not None
    assert (ledger.deposit.net, ledger.deposit.vat, ledger.deposit.gross) == (
        deal.signed.net,
        deal.signed.vat,
        deal.signed.gross,
    )
    assert (balance.totals.net, balance.totals.vat, balance.totals.gross) == (0, 0, 0)


def sum_of(notes: list[CreditNote]) -> dict[Vat, RateSums]:
    found: dict[Vat, RateSums] = {}
    for note in notes:
        for vat, each in note.sums.items():
            found[vat] = found.get(vat, NOTHING) + each
    return found
