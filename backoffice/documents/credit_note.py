"""The credit note on paper."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import force_locale, gettext

from backoffice.documents.appearance import Appearance
from backoffice.documents.characters import drawable
from backoffice.documents.packaged import packaged_address
from backoffice.documents.paper import Asset, Page, Render, make, paper_facts
from backoffice.quotes.reading import QuoteReading


class CreditNoteReading(QuoteReading):
    """A credit note's frozen content: a quote's shape, the invoice it takes back from, and why."""

    def __init__(self, content: Mapping[str, Any], language: str) -> None:
        super().__init__(content, language)
        self.invoice_number: str = content["invoice"]["number"]
        self.invoice_issued_on = date.fromisoformat(content["invoice"]["issued_on"])
        self.reason: str = content["reason"]
        self.order_number: str = content["order_number"]
        self.quote_number: str = content["quote_number"]

    @property
    def kind_and_number(self) -> str:
        with force_locale(self.language):
            return gettext("Credit note %(number)s", number=self.number)


def credit_note_html(
    content: Mapping[str, Any],
    language: str,
    *,
    render: Render,
    appearance: Appearance,
    asset: Asset = packaged_address,
) -> Page:
    """The credit note of a frozen content; ``render`` speaks ``language``."""
    note = CreditNoteReading(drawable(content), language)
    context = {
        "language": language,
        "currency": note.currency,
        "note": note,
        "seller": note.seller,
        "client": note.client,
        "paper": paper_facts(note, appearance),
    }
    return make("credit_note", context, render=render, appearance=appearance, asset=asset)
