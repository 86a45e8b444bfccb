"""The quote on paper."""

from collections.abc import Mapping
from typing import Any

from backoffice.documents.appearance import Appearance
from backoffice.documents.characters import drawable
from backoffice.documents.packaged import packaged_address
from backoffice.documents.paper import Asset, Page, Render, make, paper_facts
from backoffice.quotes.reading import QuoteReading


def quote_html(
    content: Mapping[str, Any],
    language: str,
    *,
    render: Render,
    appearance: Appearance,
    asset: Asset = packaged_address,
) -> Page:
    """The quote of a frozen content, or of one made for a preview; ``render`` speaks ``language``."""
    quote = QuoteReading(drawable(content), language)
    context = {
        "language": language,
        "currency": quote.currency,
        "quote": quote,
        "seller": quote.seller,
        "client": quote.client,
        "rep": quote.rep,
        "paper": paper_facts(quote, appearance),
    }
    return make("quote", context, render=render, appearance=appearance, asset=asset)
