"""What quote, invoice and signature page have in common: letterhead, parties, parts of the table, files."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain
from typing import Any

from babel import Locale
from babel.numbers import format_currency, get_territory_currencies

from backoffice.documents.appearance import Appearance
from backoffice.documents.packaged import packaged_address
from backoffice.quotes.read_lines import ReadLine
from backoffice.quotes.reading import QuoteReading

Render = Callable[[str, dict[str, Any]], str]
"""Template name and context to HTML, in the language that the caller has set."""

Asset = Callable[[str], str]
"""``document.css``, ``brand.css`` or the logo's name to the address that the reader of the page gets it from."""

NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class Part:
    """A section of the table, with its heading or none."""

    section: ReadLine | None
    lines: list[ReadLine] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """A document as HTML, with the files that it needs besides the packaged ones."""

    html: str
    files: dict[str, bytes]


def make(
    template: str,
    context: Mapping[str, Any],
    *,
    render: Render,
    appearance: Appearance,
    asset: Asset = packaged_address,
    files: Mapping[str, bytes] | None = None,
) -> Page:
    """Render ``documents/<template>.html``; ``asset`` differs for a preview read in a browser."""
    html = render(f"documents/{template}.html", {**context, "document_asset": asset})
    return Page(html, {**appearance.files, **(files or {})})


def paper_facts(reading: QuoteReading, appearance: Appearance) -> dict[str, Any]:
    """The computed words of a quote or an invoice, over and above its reading."""
    home = reading.seller.country
    return {
        **letterhead(reading.seller, appearance, reading.language),
        "created": reading.issued_on.isoformat(),
        "subject": reading.title,
        "client_place": place(reading.client.billing, home, reading.language),
        "delivery_place": _delivery(reading),
        "client_siren": "" if reading.is_consumer else grouped(reading.client.siren, 3),
        "attention": _attention(reading.client),
        "introduction": paragraphs(reading.introduction),
        "parts": parts_of(reading.lines),
        "iban": grouped(reading.seller.iban, 4),
        "terms": _terms(reading),
        "columns": columns,
        "mediator": reading.seller.mediator if reading.is_consumer else "",
    }


def letterhead(seller: Any, appearance: Appearance, language: str) -> dict[str, Any]:
    """The computed words of the head of the sheet and of the identity line at its foot."""
    shown = getattr(seller, "trading_name", "") or seller.name
    return {
        "logo": appearance.logo_name,
        "shown_name": shown,
        "initials": initials(shown),
        "seller_title": seller_title(seller.name, seller.legal_form),
        "seller_place": place(seller, seller.country, language),
        "capital": capital(seller.capital, seller.country, language),
        "seller_siren": grouped(seller.siren, 3),
    }


def parts_of(lines: Iterable[ReadLine]) -> list[Part]:
    """The lines under their sections, those before the first section in a part without heading."""
    parts = [Part(None)]
    for line in lines:
        if line.is_section:
            parts.append(Part(line))
        else:
            parts[-1].lines.append(line)
    return [part for part in parts if part.section or part.lines]


def initials(name: str) -> str:
    """One or two capitals for a seller without a logo."""
    words = [word for word in re.split(r"[\W_]+", name) if word]
    return "".join(word[0] for word in words[:2]).upper()


def seller_title(name: str, legal_form: str) -> str:
    """The name with its legal form, once."""
    if not legal_form or legal_form.casefold() in name.casefold().split():
        return name
    return f"{name} {legal_form}"


def place(address: Any, home: str, language: str) -> list[str]:
    """The lines of an address; the country only when it is not ``home``."""
    lines = [*paragraphs(address.street), f"{address.postcode} {address.city}".strip()]
    if address.country and address.country != home:
        lines.append(Locale(language).territories.get(address.country, address.country))
    return [line for line in lines if line]


def capital(amount: Decimal | None, country: str, language: str) -> str:
    """The seller's capital in the currency of its country, without cents when there are none; empty when unknown."""
    currencies = get_territory_currencies(country) if country else []
    if amount is None or not currencies:
        return ""
    pattern = Locale(language).currency_formats["standard"].pattern
    if amount == amount.to_integral_value():
        pattern = pattern.replace(".00", "")
    return format_currency(amount, currencies[0], pattern, locale=language, currency_digits=False)


def grouped(number: str, size: int) -> str:
    """``813420650`` as ``813 420 650``, with spaces that do not break."""
    compact = "".join(number.split())
    return NO_BREAK_SPACE.join(compact[start : start + size] for start in range(0, len(compact), size))


def paragraphs(text: str) -> list[str]:
    """The non-empty lines of ``text``."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def columns(texts: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """``texts`` in two columns as equal as whole paragraphs allow, the first never the shorter.

    Balancing them by style sheet (``column-count``) makes the renderer lay them out again and again:
    a third of the time that a quote of ten lines takes.
    """
    whole, first = sum(map(len, texts)), 0
    for position, text in enumerate(texts, 1):
        first += len(text)
        if 2 * first >= whole:
            return texts[:position], texts[position:]
    return texts, ()


def _attention(client: Any) -> str:
    name: str = client.contact.name if client.contact else ""
    return "" if name == client.name else name


def _delivery(reading: QuoteReading) -> list[str]:
    delivery = reading.client.delivery
    if delivery is None or delivery == reading.client.billing:
        return []
    return place(delivery, reading.seller.country, reading.language)


def _terms(reading: QuoteReading) -> list[str]:
    """The frozen wordings, then the seller's insurance."""
    return list(chain.from_iterable(paragraphs(text) for text in (*reading.texts, reading.seller.insurance)))
