"""The invoice on paper."""

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

from flask_babel import force_locale, gettext

from backoffice.documents.appearance import Appearance
from backoffice.documents.characters import drawable
from backoffice.documents.packaged import packaged_address
from backoffice.documents.paper import Asset, Page, Render, make, paper_facts
from backoffice.quotes.reading import QuoteReading


class InvoiceReading(QuoteReading):
    """An invoice's frozen content, which has the shape of a quote's and the facts that only an invoice states."""

    def __init__(self, content: Mapping[str, Any], language: str) -> None:
        super().__init__(content, language)
        self.due_on = date.fromisoformat(content["due_on"])
        supplied_on = content["supplied_on"]
        self.supplied_on = date.fromisoformat(supplied_on) if supplied_on else None
        """None for a deposit: nothing is supplied yet."""
        self.billing: str = content.get("billing", "whole")  # schema 1 knew whole invoices only
        self.is_arrhes: bool = content.get("deposit_kind") == "arrhes"
        self.deducts = _preceding(content.get("deducts"))
        self.order_number: str = content["order_number"]
        self.quote_number: str = content["quote_number"]
        self.operation_category: str = content["operation_category"]
        """``goods``, ``service`` or ``both`` (CGI ann. II, 242 nonies A, 8° bis)."""

    @property
    def is_deposit(self) -> bool:
        return self.billing == "deposit"

    @property
    def kind_name(self) -> str:
        """What the paper is called."""
        with force_locale(self.language):
            if self.is_deposit:
                return gettext("Earnest money invoice") if self.is_arrhes else gettext("Deposit invoice")
            names = {"part": gettext("Part invoice"), "balance": gettext("Balance invoice")}
            return names.get(self.billing) or gettext("Invoice")

    @property
    def kind_and_number(self) -> str:
        return f"{self.kind_name} {self.number}"


def _preceding(facts: Mapping[str, Any] | None) -> SimpleNamespace | None:
    """The deposit invoice that is taken off."""
    if facts is None:
        return None
    return SimpleNamespace(number=facts["number"], issued_on=date.fromisoformat(facts["issued_on"]))


def invoice_html(
    content: Mapping[str, Any],
    language: str,
    *,
    render: Render,
    appearance: Appearance,
    asset: Asset = packaged_address,
) -> Page:
    """The invoice of a frozen content; ``render`` speaks ``language``."""
    invoice = InvoiceReading(drawable(content), language)
    context = {
        "language": language,
        "currency": invoice.currency,
        "invoice": invoice,
        "seller": invoice.seller,
        "client": invoice.client,
        "paper": paper_facts(invoice, appearance),
    }
    return make("invoice", context, render=render, appearance=appearance, asset=asset)
