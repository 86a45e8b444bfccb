"""The deposit that a client pays on order: what it is called in law, and what it comes to.

An ``acompte`` binds both sides; ``arrhes`` may be given up (client) or repaid double (seller) by whoever
withdraws. C. conso. L214-1 takes a sum paid in advance for arrhes unless the contract says otherwise:
a rep chooses, and there is no default.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from backoffice.money import ZERO, Totals, VatTotal, share, step_of


class DepositKind(enum.StrEnum):
    ACOMPTE = "acompte"
    ARRHES = "arrhes"


@dataclass(frozen=True)
class Deposit:
    """``percent`` of the total; above 0 and at most 100."""

    kind: DepositKind
    percent: Decimal


def deposit_totals(taxes: Iterable[VatTotal], percent: Decimal, *, currency: str) -> Totals:
    """Per cent of each VAT rate's base, with the VAT on that; rates without any are left out."""
    step = step_of(currency)
    parts = []
    for each in taxes:
        base = share(each.base, percent, step)
        if base:
            parts.append(VatTotal(each.vat, base, share(base, each.vat.rate, step)))
    net = sum((part.base for part in parts), ZERO)
    vat = sum((part.tax for part in parts), ZERO)
    return Totals(net, ZERO, net, vat, net + vat, tuple(parts))
