"""What two contents come to, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from backoffice.money import ZERO, Vat
from backoffice.quotes.reading import ReadTotals

NOTHING = ReadTotals(lines=ZERO, allowance=ZERO, net=ZERO, vat=ZERO, gross=ZERO, taxes=())


@dataclass(frozen=True)
class Sum:
    """An amount before and after; None where it may not be told, zero where there is none."""

    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before

    def __bool__(self) -> bool:
        """Whether it differs."""
        return self.before != self.after


@dataclass(frozen=True)
class ComparedTotals:
    """Of what is paid equally often. ``taxes``: the VAT of each category and rate that either has."""

    lines: Sum
    allowance: Sum
    net: Sum
    taxes: Mapping[Vat, Sum]
    gross: Sum

    def __bool__(self) -> bool:
        parts = (self.lines, self.allowance, self.net, self.gross, *self.taxes.values())
        return any(bool(each) for each in parts)


def compared_totals(before: ReadTotals, after: ReadTotals) -> ComparedTotals:
    taxes = [{Vat(each.category, each.rate): each.tax for each in side.taxes} for side in (before, after)]
    rates = sorted(taxes[0].keys() | taxes[1].keys(), key=lambda vat: (vat.category, vat.rate))
    return ComparedTotals(
        lines=Sum(before.lines, after.lines),
        allowance=Sum(before.allowance, after.allowance),
        net=Sum(before.net, after.net),
        taxes={vat: Sum(taxes[0].get(vat, ZERO), taxes[1].get(vat, ZERO)) for vat in rates},
        gross=Sum(before.gross, after.gross),
    )


def compared_recurring(before: ReadTotals, after: ReadTotals) -> Mapping[str, ComparedTotals]:
    """What comes back, by how often; in the order in which the newer names it."""
    old, new = dict(before.recurring), dict(after.recurring)
    return {
        often: compared_totals(old.get(often, NOTHING), new.get(often, NOTHING))
        for often in dict.fromkeys([*new, *old])
    }
