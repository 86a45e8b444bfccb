"""A priced line as a content holds it. Contents before schema 3 lack what a choice needs: all their lines are firm."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from backoffice.db import unscaled
from backoffice.money import PricedLine, Recurrence, Vat, step_of
from backoffice.quotes.offers import OfferKind

Line = Mapping[str, Any]
WHOLE = 10_000
"""One, as quantities are frozen."""


def kind_of(line: Line) -> OfferKind:
    return OfferKind(line.get("offer", OfferKind.FIRM))


def recurrence_of(line: Line) -> Recurrence:
    return Recurrence(line.get("recurrence", Recurrence.ONCE))


def vat_of(line: Line) -> Vat:
    return _vat(line["vat"]["category"], line["vat"]["rate"])


@lru_cache(maxsize=64)
def _vat(category: str, rate: int) -> Vat:
    """There are few of them on a thousand lines."""
    return Vat(category, unscaled(rate, 2))


def range_of(line: Line) -> tuple[int, int] | None:
    """Between what the client may choose its quantity, in ten-thousandths."""
    least, most = line.get("range") or (None, None)
    return None if least is None or most is None else (least, most)


def smallest(line: Line) -> int:
    return (range_of(line) or (line["quantity"],))[0]


def largest(line: Line) -> int:
    return (range_of(line) or (line["quantity"],))[-1]


def is_offered(line: Line, quantity: int) -> bool:
    """A quantity in its range, and whole when what was offered is."""
    within = range_of(line)
    if within is None:
        return bool(quantity == line["quantity"])
    return within[0] <= quantity <= within[1] and (quantity % WHOLE == 0 or not is_counted(line))


def is_counted(line: Line) -> bool:
    """Whether only whole quantities make sense: all that were offered are."""
    return all(each % WHOLE == 0 for each in (line["quantity"], smallest(line), largest(line)))


def priced_of(line: Line, quantity: int) -> PricedLine:
    return PricedLine(
        unscaled(quantity, 4),
        unscaled(line["unit_price"], 6),
        unscaled(line["discount"], 2),
        vat_of(line),
        unscaled(line.get("discount_amount", 0), 2),
    )


def net_of(line: Line, quantity: int, currency: str) -> Decimal:
    """Without VAT; a firm quantity is never computed again."""
    if quantity == line["quantity"]:
        return unscaled(line["net"], 2)
    return priced_of(line, quantity).net(step_of(currency))
