"""A comparison as tables: cells with what was and what is, ready to be printed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext

from backoffice.comparison.comparing import ComparedLine, Comparison, Fate, Side
from backoffice.comparison.facts import Trait
from backoffice.comparison.sums import ComparedTotals, Sum
from backoffice.comparison.words import Pair, label_of, mark, pair_of, recurrence_words, shown
from backoffice.language import money, vat_rate
from backoffice.money import ZERO

COLUMNS = (Trait.QUANTITY, Trait.UNIT_PRICE, Trait.DISCOUNT, Trait.VAT)
"""What has a column of its own; all else that changed is said under the line's name."""


@dataclass(frozen=True)
class Row:
    """``cells``: as COLUMNS; ``further``: what else changed, by its label; ``difference``: of the amounts, signed."""

    fate: Fate
    mark: tuple[str, str]
    section: str
    name: Pair
    cells: Sequence[tuple[str, Pair]]
    amount: Pair
    difference: str
    further: Sequence[tuple[str, Pair]]


@dataclass(frozen=True)
class SumRow:
    label: str
    amount: Pair
    difference: str
    is_grand: bool = False


@dataclass(frozen=True)
class Tables:
    """``paper``: what else differs, by its label; ``terms``: wordings that differ."""

    different: Sequence[Row]
    same: Sequence[Row]
    sums: Sequence[SumRow]
    paper: Sequence[tuple[str, Pair]]
    terms: Sequence[Pair]


def tables_of(comparison: Comparison) -> Tables:
    return Tables(
        different=[row_of(line, comparison) for line in comparison.different],
        same=[row_of(line, comparison) for line in comparison.same],
        sums=sum_rows(comparison),
        paper=[(label_of(each.trait), pair_of(each, comparison)) for each in comparison.paper],
        terms=[pair_of(each, comparison) for each in comparison.terms],
    )


def row_of(line: ComparedLine, comparison: Comparison) -> Row:
    """An added line says nothing of before, a removed one nothing of now."""
    said = [(change.trait, pair_of(change, comparison)) for change in line.changes]
    name = dict(said).get(Trait.NAME)
    before, after = (side.name if side else "" for side in (line.before, line.after))
    return Row(
        fate=line.fate,
        mark=mark(line.fate),
        section=line.side.section,
        name=name or Pair(before, after),
        cells=[(label_of(trait), _cell(trait, line, comparison)) for trait in COLUMNS],
        amount=_amounts(line, comparison),
        difference=signed(line.amount, comparison) if line.amount else "",
        further=[(label_of(trait), pair) for trait, pair in said if trait not in {Trait.NAME, *COLUMNS}],
    )


def _cell(trait: Trait, line: ComparedLine, comparison: Comparison) -> Pair:
    def said(side: Side | None, currency: str) -> str:
        return "" if side is None else shown(trait, side.facts.get(trait), currency)

    old, new = comparison.currencies
    return Pair(said(line.before, old), said(line.after, new))


def _amounts(line: ComparedLine, comparison: Comparison) -> Pair:
    def said(side: Side | None, currency: str) -> str:
        return "" if side is None or side.amount is None else money(side.amount, currency)

    old, new = comparison.currencies
    return Pair(said(line.before, old), said(line.after, new))


def signed(amounts: Sum, comparison: Comparison) -> str:
    """+704,00 € or −704,00 €; empty when nothing differs, or when there is nothing to subtract."""
    found = amounts.difference if comparison.same_currency else None
    if not found:
        return ""
    written = money(found, comparison.currencies[1])
    return f"+{written}" if found > ZERO else written


def sum_rows(comparison: Comparison) -> list[SumRow]:
    """What is paid once, then the deposit, then what comes back."""
    rows = list(_rows_of(comparison.totals, comparison))
    if comparison.deposit is not None:
        rows.append(_sum_row(gettext("Deposit on order"), comparison.deposit, comparison))
    for often, totals in comparison.recurring.items():
        words = recurrence_words()[often]
        rows += [
            _sum_row(f"{label}, {words}", amounts, comparison)
            for label, amounts in (
                (gettext("Total excl. VAT"), totals.net),
                (gettext("Total incl. VAT"), totals.gross),
            )
        ]
    return rows


def _rows_of(totals: ComparedTotals, comparison: Comparison) -> Iterator[SumRow]:
    if totals.allowance.before or totals.allowance.after:
        yield _sum_row(gettext("Subtotal excl. VAT"), totals.lines, comparison)
        off = Sum(_less(totals.allowance.before), _less(totals.allowance.after))
        yield _sum_row(gettext("Discount"), off, comparison)
    yield _sum_row(gettext("Total excl. VAT"), totals.net, comparison)
    for vat, amounts in totals.taxes.items():
        label = gettext("VAT %(rate)s", rate=vat_rate(vat.rate, vat.category))
        yield _sum_row(label, amounts, comparison)
    yield _sum_row(gettext("Total incl. VAT"), totals.gross, comparison, is_grand=True)


def _less(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount


def _sum_row(label: str, amounts: Sum, comparison: Comparison, *, is_grand: bool = False) -> SumRow:
    old, new = comparison.currencies
    pair = Pair(money(amounts.before or ZERO, old), money(amounts.after or ZERO, new))
    return SumRow(label, pair, signed(amounts, comparison), is_grand)
