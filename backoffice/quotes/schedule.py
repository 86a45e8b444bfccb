"""When a quote is paid: the deposit on order, then instalments that come to the rest of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backoffice.db import unscaled
from backoffice.money import HUNDRED, ZERO, share, step_of
from backoffice.quotes.read_lines import said
from backoffice.quotes.refusals import ScheduleNotWhole

MOST_INSTALMENTS = 6
LONGEST_WHEN = 120


@dataclass(frozen=True)
class Instalment:
    """``percent`` of the total, above 0; ``when``: words in the language of the form, such as “on delivery”.

    ``row``: of the form, where the stored instalments stand first and in their order.
    """

    percent: Decimal
    when: str
    row: int


@dataclass(frozen=True)
class ReadInstalment:
    """``amount``: VAT included, of what is paid once."""

    percent: Decimal
    when: str
    amount: Decimal


def refuse_unless_whole(deposit: Decimal, percents: Iterable[Decimal]) -> None:
    """Deposit and instalments, in per cent, are the whole; without instalments the invoice asks for the rest.

    Raises ScheduleNotWhole.
    """
    percents = list(percents)
    together = sum(percents, deposit)
    if percents and together != HUNDRED:
        raise ScheduleNotWhole(together=together)


def instalments_of(
    gross: Decimal, deposit: Decimal, percents: Sequence[Decimal], step: Decimal
) -> list[Decimal]:
    """What each instalment comes to, VAT included: with the ``deposit`` they sum to ``gross``.

    Each is rounded and asks for no more than what is left; the last asks for all of that. So none is negative
    while ``deposit`` is between nothing and ``gross``.
    """
    smaller = min if gross >= ZERO else max
    left, amounts = gross - deposit, []
    for percent in percents[:-1]:
        amounts.append(smaller(share(gross, percent, step), left))
        left -= amounts[-1]
    return [*amounts, left] if percents else []


def read_schedule(
    frozen: Sequence[Mapping[str, Any]],
    language: str,
    *,
    gross: Decimal,
    deposit: Decimal,
    currency: str,
) -> list[ReadInstalment]:
    """The instalments of a content or an order, with what they come to of ``gross`` after the ``deposit``."""
    percents = [unscaled(each["percent"], 2) for each in frozen]
    amounts = instalments_of(gross, deposit, percents, step_of(currency))
    return [
        ReadInstalment(percent, said(each["when"], language), amount)
        for each, percent, amount in zip(frozen, percents, amounts, strict=True)
    ]
