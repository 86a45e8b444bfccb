"""The invoice on paper."""

from collections.abc import Mapping
from datetime import date
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
        self.supplied_on = date.fromisoformat(content["supplied_on"])
        self.order_number: str = content["order_number"]
        self.quote_number: str = content["quote_number"]
        self.operation_category: str = content["operation_category"]
        """``goods``, ``service`` or ``both`` (CGI ann. II, 242 nonies A, 8° bis)."""

    @property
    def kind_and_number(self) -> str:
        with force_locale(self.language):
            return gettext("Invoice %(number)s", number=self.number)


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
