"""A frozen content as a reader of one language sees it: the same for page, PDF, order and invoice."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from flask_babel import force_locale, gettext

from backoffice.db import unscaled
from backoffice.money import ZERO, Recurrence, Vat, VatTotal
from backoffice.quotes.choice import Choice, leaves_choice, totals_content
from backoffice.quotes.deposit import deposit_totals
from backoffice.quotes.read_lines import Reader, ReadLine, said
from backoffice.quotes.schedule import ReadInstalment, read_schedule


@dataclass(frozen=True)
class ReadTax:
    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal

    def __neg__(self) -> "ReadTax":
        return replace(self, base=-self.base, tax=-self.tax)


@dataclass(frozen=True)
class ReadTotals:
    """``recurring``: what is paid every month or year besides, by how often."""

    lines: Decimal
    allowance: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal
    taxes: tuple[ReadTax, ...]
    recurring: tuple[tuple[str, "ReadTotals"], ...] = ()

    @property
    def again(self) -> list[tuple[str, Decimal]]:
        """What comes back comes to, VAT included, by how often."""
        return [(often, each.gross) for often, each in self.recurring]

    def __neg__(self) -> "ReadTotals":
        """What a credit note is in the books."""
        return ReadTotals(
            lines=-self.lines,
            allowance=-self.allowance,
            net=-self.net,
            vat=-self.vat,
            gross=-self.gross,
            taxes=tuple(-each for each in self.taxes),
        )


@dataclass(frozen=True)
class ReadDeposit:
    """``rest``: what is left to pay, VAT included; ``kind`` is "acompte" or "arrhes"."""

    kind: str
    percent: Decimal
    totals: ReadTotals
    rest: Decimal


class QuoteReading:
    """``content`` in the shape of ``quotes.content``; ``language`` is "fr" or "en".

    With a ``choice``, totals, quantities, deposit and instalments are those of what was chosen.
    """

    def __init__(self, content: Mapping[str, Any], language: str, choice: Choice | None = None) -> None:
        self.content = content
        self.choice = choice
        self.language = language
        self.number: str = content["number"]
        self.version: int = content["version"]
        self.currency: str = content["currency"]
        self.timezone: str = content["timezone"]
        self.payment_days: int = content["payment_days"]
        self.discount = unscaled(content["discount"], 2)
        self.is_consumer: bool = content["client"]["standing"] == "consumer"

    @cached_property
    def title(self) -> str:
        """As written, or what the paper is, so that it is never without a heading."""
        return self._said(self.content["title"]) or self.kind_and_number

    @property
    def kind_and_number(self) -> str:
        with force_locale(self.language):
            return gettext("Quote %(number)s", number=self.number)

    @cached_property
    def introduction(self) -> str:
        return self._said(self.content["introduction"])

    @cached_property
    def issued_on(self) -> date:
        return date.fromisoformat(self.content["issued_on"])

    @cached_property
    def valid_until(self) -> date:
        return date.fromisoformat(self.content["valid_until"])

    @cached_property
    def seller(self) -> SimpleNamespace:
        facts = dict(self.content["seller"])
        for name in ("tagline", "insurance", "mediator"):
            facts[name] = self._said(facts[name])
        if facts["capital"] is not None:
            facts["capital"] = unscaled(facts["capital"], 2)
        return SimpleNamespace(**facts)

    @cached_property
    def client(self) -> SimpleNamespace:
        facts = dict(self.content["client"])
        for name in ("contact", "billing", "delivery"):
            facts[name] = SimpleNamespace(**facts[name]) if facts[name] else None
        return SimpleNamespace(**facts)

    @cached_property
    def rep(self) -> SimpleNamespace:
        return SimpleNamespace(**self.content["rep"])

    @cached_property
    def leaves_choice(self) -> bool:
        return leaves_choice(self.content["lines"])

    @cached_property
    def lines(self) -> list[ReadLine]:
        taken = None if self.choice is None else self.choice.selection
        reader = Reader(self.language, self.currency, is_consumer=self.is_consumer)
        return reader.lines(self.content["lines"], taken)

    @cached_property
    def items(self) -> list[ReadLine]:
        """What is taken."""
        return [line for line in self.lines if line.is_item and line.taken]

    def section_total(self, section: ReadLine) -> Decimal:
        """What the lines below a heading that are taken come to, of what is paid once."""
        return self._section_sums[section.id].get(Recurrence.ONCE.value, ZERO)

    def section_sums(self, section: ReadLine) -> list[tuple[str, Decimal]]:
        """The same by how often it is paid; of what is paid once when there is nothing."""
        sums = self._section_sums[section.id]
        return [(each.value, sums[each.value]) for each in Recurrence if each.value in sums] or [
            (Recurrence.ONCE.value, ZERO)
        ]

    @cached_property
    def _section_sums(self) -> dict[str, dict[str, Decimal]]:
        found: dict[str, dict[str, Decimal]] = {}
        sums = found.setdefault("", {})
        for line in self.lines:
            if line.is_section:
                sums = found.setdefault(line.id, {})
            elif line.is_item and line.taken:
                sums[line.recurrence] = sums.get(line.recurrence, ZERO) + line.total
        return found

    def instead(self, variant: ReadLine) -> Decimal | None:
        """What a variant that is not chosen would add to the total, or save.

        None if the chosen one is paid more or less often: then there is nothing to subtract.
        """
        taken = self._chosen_variants[variant.group]
        return variant.total - taken.total if variant.recurrence == taken.recurrence else None

    @cached_property
    def _chosen_variants(self) -> dict[str | None, ReadLine]:
        return {line.group: line for line in self.items if line.is_variant}

    @cached_property
    def totals(self) -> ReadTotals:
        return read_totals(self.choice.totals if self.choice is not None else self.content["totals"])

    @cached_property
    def deposit(self) -> ReadDeposit | None:
        """Contents of schema 1 have none."""
        facts = self.content.get("deposit")
        if not facts:
            return None
        percent = unscaled(facts["percent"], 2)
        if self.choice is None:
            totals = read_totals(facts["totals"])
        else:
            taxes = (
                VatTotal(Vat(each.category, each.rate), each.base, each.tax) for each in self.totals.taxes
            )
            totals = read_totals(totals_content(deposit_totals(taxes, percent, currency=self.currency)))
        return ReadDeposit(facts["kind"], percent, totals, self.totals.gross - totals.gross)

    @cached_property
    def instalments(self) -> list[ReadInstalment]:
        """What is paid after the deposit, or without one; none when the invoice asks for the rest."""
        return read_schedule(
            self.content.get("schedule", ()),
            self.language,
            gross=self.totals.gross,
            deposit=self.deposit.totals.gross if self.deposit else ZERO,
            currency=self.currency,
        )

    @cached_property
    def exemptions(self) -> list[str]:
        """Why no VAT is charged, where the rate says it itself, with its VATEX code (EN 16931, BT-120 and BT-121)."""
        return [
            " · ".join(filter(None, (self._said(each["reason"]), each["code"])))
            for each in self.content.get("exemptions", ())
        ]

    @cached_property
    def texts(self) -> list[str]:
        return [self._said(each["text"]) for each in self.content["texts"]]

    def _said(self, text: Mapping[str, str]) -> str:
        return said(text, self.language)


def read_totals(totals: Mapping[str, Any]) -> ReadTotals:
    """Totals as frozen (``quotes.choice.totals_content``), in decimals."""
    amounts = {name: unscaled(totals[name], 2) for name in ("lines", "allowance", "net", "vat", "gross")}
    taxes = tuple(
        ReadTax(
            each["category"], unscaled(each["rate"], 2), unscaled(each["base"], 2), unscaled(each["tax"], 2)
        )
        for each in totals["taxes"]
    )
    recurring = tuple((each["recurrence"], read_totals(each)) for each in totals.get("recurring", ()))
    return ReadTotals(**amounts, taxes=taxes, recurring=recurring)
