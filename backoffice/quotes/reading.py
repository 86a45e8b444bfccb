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
from backoffice.money import step_of, unit_price_with_vat, with_vat


@dataclass(frozen=True)
class ReadLine:
    """A line as read. A consumer's unit price and total include VAT, a professional's do not."""

    id: str
    is_section: bool
    name: str
    description: str = ""
    nature: str = ""
    unit: str = ""
    quantity: Decimal = Decimal(0)
    unit_price: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    vat_rate: Decimal = Decimal(0)
    net: Decimal = Decimal(0)
    total: Decimal = Decimal(0)


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
    lines: Decimal
    allowance: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal
    taxes: tuple[ReadTax, ...]

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
    """``content`` in the shape of ``quotes.content``; ``language`` is "fr" or "en"."""

    def __init__(self, content: Mapping[str, Any], language: str) -> None:
        self.content = content
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
    def lines(self) -> list[ReadLine]:
        return [self._line(line) for line in self.content["lines"]]

    @cached_property
    def items(self) -> list[ReadLine]:
        return [line for line in self.lines if not line.is_section]

    @cached_property
    def totals(self) -> ReadTotals:
        return read_totals(self.content["totals"])

    @cached_property
    def deposit(self) -> ReadDeposit | None:
        """Contents of schema 1 have none."""
        facts = self.content.get("deposit")
        if not facts:
            return None
        totals = read_totals(facts["totals"])
        rest = self.totals.gross - totals.gross
        return ReadDeposit(facts["kind"], unscaled(facts["percent"], 2), totals, rest)

    @cached_property
    def texts(self) -> list[str]:
        return [self._said(each["text"]) for each in self.content["texts"]]

    def _said(self, text: Mapping[str, str]) -> str:
        other = "fr" if self.language == "en" else "en"
        return text[self.language] or text[other]

    def _line(self, line: Mapping[str, Any]) -> ReadLine:
        if line["kind"] == "section":
            return ReadLine(id=line["id"], is_section=True, name=self._said(line["name"]))
        rate = unscaled(line["vat"]["rate"], 2)
        net, price = unscaled(line["net"], 2), unscaled(line["unit_price"], 6)
        quantity, step = unscaled(line["quantity"], 4), step_of(self.currency)
        return ReadLine(
            id=line["id"],
            is_section=False,
            name=self._said(line["name"]),
            description=self._said(line["description"]),
            nature=line["nature"],
            unit=line["unit"],
            quantity=quantity,
            unit_price=unit_price_with_vat(price, rate, quantity, step) if self.is_consumer else price,
            discount=unscaled(line["discount"], 2),
            vat_rate=rate,
            net=net,
            total=with_vat(net, rate, step) if self.is_consumer else net,
        )


def read_totals(totals: Mapping[str, Any]) -> ReadTotals:
    """Totals as frozen (``quotes.choice.totals_content``), in decimals."""
    amounts = {name: unscaled(totals[name], 2) for name in ("lines", "allowance", "net", "vat", "gross")}
    taxes = tuple(
        ReadTax(
            each["category"], unscaled(each["rate"], 2), unscaled(each["base"], 2), unscaled(each["tax"], 2)
        )
        for each in totals["taxes"]
    )
    return ReadTotals(**amounts, taxes=taxes)
