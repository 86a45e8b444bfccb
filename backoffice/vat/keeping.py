"""The list of VAT rates as it is kept: a rate begins, ends, and is followed by another; none is removed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext

from backoffice.db import Bilingual
from backoffice.errors import NotFound, Refusal
from backoffice.language import longdate
from backoffice.legal.models import VatRate


class RateRefused(Refusal):
    """What cannot be so; ``field``: the one that it is about."""

    field = "valid_from"


class RateOverlaps(RateRefused):
    """The same rate is there on some of these days already; ``since``: from when on."""

    def sentence(self) -> str:
        return gettext(
            "This rate is in the list already, from %(day)s. End that one first, or change it.",
            day=longdate(self.facts["since"]),
        )


class EndsBeforeItBegins(RateRefused):
    field = "valid_to"

    def sentence(self) -> str:
        return gettext("The last day must not come before the first.")


class SuccessorWithoutEnd(RateRefused):
    field = "valid_to"

    def sentence(self) -> str:
        return gettext("Say on which day this rate ends, so that the other may follow.")


class SuccessorNotInForce(RateRefused):
    """``on``: the day after the last one, on which what follows must be in force."""

    field = "successor"

    def sentence(self) -> str:
        return gettext(
            "What follows must be in force on %(day)s. Enter that rate first, or choose another.",
            day=longdate(self.facts["on"]),
        )


@dataclass(frozen=True, kw_only=True)
class RateFacts:
    """What of a rate may change; the exemption is empty where VAT is charged."""

    label: Bilingual
    valid_to: date | None
    successor_id: int | None
    exemption: Bilingual
    vatex: str


def change_rate(rates: Mapping[int, VatRate], rate: VatRate, facts: RateFacts) -> None:
    """Write it into a rate, known or new; ``rates``: all of its country, locked. Papers keep what they say.

    Raises kinds of RateRefused, NotFound.
    """
    if facts.valid_to is not None and facts.valid_to < rate.valid_from:
        raise EndsBeforeItBegins(rate=rate.id)
    _refuse_overlap(rate, facts.valid_to, [each for each in rates.values() if each is not rate])
    if facts.successor_id is not None:
        _refuse_successor(rates, rate, facts)
    rate.label, rate.valid_to, rate.successor_id = facts.label, facts.valid_to, facts.successor_id
    rate.exemption, rate.vatex = facts.exemption, facts.vatex


def _refuse_overlap(rate: VatRate, valid_to: date | None, others: Iterable[VatRate]) -> None:
    for other in others:
        same = (other.category, other.rate) == (rate.category, rate.rate)
        begins_in_time = valid_to is None or other.valid_from <= valid_to
        if same and begins_in_time and (other.valid_to is None or rate.valid_from <= other.valid_to):
            raise RateOverlaps(since=other.valid_from)


def _refuse_successor(rates: Mapping[int, VatRate], rate: VatRate, facts: RateFacts) -> None:
    successor = rates.get(facts.successor_id or 0)
    if successor is None:
        raise NotFound(rate=facts.successor_id)
    if facts.valid_to is None:
        raise SuccessorWithoutEnd(rate=rate.id)
    following = facts.valid_to + timedelta(days=1)
    ended = successor.valid_to is not None and successor.valid_to < following
    if successor is rate or successor.valid_from > following or ended:
        raise SuccessorNotInForce(on=following)
