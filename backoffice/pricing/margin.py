"""What is earned: net less cost, of a line and of a quote, and whether that is less than the firm wants.

Pure, and for the firm's own eyes: nothing here may reach a client, an invoice or an export of the books.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from backoffice.money import CENT, HUNDRED, ZERO, rounded


@dataclass(frozen=True, kw_only=True)
class Margin:
    """Of ``net`` without VAT, after discounts, and what that ``cost``."""

    net: Decimal
    cost: Decimal

    @property
    def amount(self) -> Decimal:
        return self.net - self.cost

    @property
    def percent(self) -> Decimal | None:
        """Of the net, to a hundredth; None when there is none."""
        if not self.net:
            return None
        with localcontext(prec=60):
            return rounded(self.amount * HUNDRED / self.net)

    def is_below(self, floor: Decimal | None) -> bool:
        """Whether it is less than ``floor`` per cent of the net, exactly; never without a floor.

        What is given away and costs something is below every floor.
        """
        if floor is None:
            return False
        with localcontext(prec=60):
            return self.amount * HUNDRED < self.net * floor or (not self.net and self.cost > ZERO)


@dataclass(frozen=True, kw_only=True)
class CostedLine:
    """A line's ``net``, rounded, and what its whole ``quantity`` costs; ``cost`` per unit, None when unknown."""

    net: Decimal
    quantity: Decimal
    cost: Decimal | None

    def margin(self, step: Decimal = CENT) -> Margin | None:
        """None when nobody knows the cost."""
        if self.cost is None:
            return None
        with localcontext(prec=60):
            whole = (self.quantity * self.cost).quantize(step, ROUND_HALF_UP)
        return Margin(net=self.net, cost=whole)


@dataclass(frozen=True, kw_only=True)
class QuoteMargin:
    """Of the lines whose cost is known; ``left_out``: how many others there are. None when no cost is known."""

    margin: Margin | None
    left_out: int

    def is_below(self, floor: Decimal | None) -> bool:
        return self.margin is not None and self.margin.is_below(floor)


def margin_of(lines: Iterable[CostedLine], *, allowance: Decimal = ZERO, step: Decimal = CENT) -> QuoteMargin:
    """Of all that is taken together. ``allowance``: what the quote's own discount takes off all the lines' nets.

    The lines with a known cost bear their share of it, in proportion to their nets.
    """
    every = list(lines)
    known = [margin for line in every if (margin := line.margin(step)) is not None]
    if not known:
        return QuoteMargin(margin=None, left_out=len(every))
    whole = sum((line.net for line in every), ZERO)
    net = sum((margin.net for margin in known), ZERO)
    with localcontext(prec=60):
        borne = rounded(allowance * net / whole, step) if whole else ZERO
    cost = sum((margin.cost for margin in known), ZERO)
    return QuoteMargin(margin=Margin(net=net - borne, cost=cost), left_out=len(every) - len(known))
