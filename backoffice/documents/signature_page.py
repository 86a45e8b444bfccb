"""The page that follows a signed quote: who signed what, when, in which words, and the evidence of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_gmt
from flask_babel import force_locale

from backoffice.documents.appearance import Appearance
from backoffice.documents.characters import drawable
from backoffice.documents.packaged import packaged_address
from backoffice.documents.paper import NO_BREAK_SPACE, Asset, Page, Render, letterhead, make
from backoffice.links.words import whereabouts
from backoffice.quotes import canonical
from backoffice.quotes.choice import chosen, selection_of
from backoffice.quotes.reading import QuoteReading, read_totals
from backoffice.signatures.models import Signature

DRAWN = "signature.svg"
_WRITTEN = ("name", "email", "function", "company", "mention", "written_name", "address", "user_agent")


def signature_page_html(
    signature: Signature,
    content: Mapping[str, Any],
    language: str,
    *,
    render: Render,
    appearance: Appearance,
    asset: Asset = packaged_address,
) -> Page:
    """The page for ``signature``, its texts loaded, of the version frozen as ``content``."""
    offer = drawable(content)
    choice = chosen(
        offer,
        selection_of(offer, canonical.read(signature.selection)),
        content_digest=signature.content_digest,
    )
    quote, drawing = QuoteReading(offer, language, choice), signature.drawing
    paper = {
        **letterhead(quote.seller, appearance, language),
        "created": signature.signed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "subject": quote.title,
        "signed_here": written_moment(signature.signed_at, quote.timezone, language),
        "signed_utc": f"{signature.signed_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}{NO_BREAK_SPACE}UTC",
        "consents": [drawable(agreed.text) for agreed in signature.texts],
        "content_digest": _in_groups(signature.content_digest),
        "combined_digest": _in_groups(signature.combined_digest),
        "met": drawable(_met(signature, quote)),
        "drawn": DRAWN if drawing is not None else "",
        "drawn_digest": _in_groups(drawing.digest) if drawing is not None else "",
    }
    context = {
        "language": language,
        "currency": quote.currency,
        "quote": quote,
        "signature": {name: drawable(getattr(signature, name)) for name in _WRITTEN},
        "totals": read_totals(canonical.read(signature.totals)),
        "seller": quote.seller,
        "paper": paper,
    }
    files = {DRAWN: drawing.svg} if drawing is not None else {}
    return make("signature_page", context, render=render, appearance=appearance, asset=asset, files=files)


def _met(signature: Signature, quote: QuoteReading) -> str:
    """Where the parties sat together; empty for a signature at a distance."""
    if signature.venue is None:
        return ""
    with force_locale(quote.language):
        told = whereabouts(signature.venue, signature.place, quote.seller.name)
    return told[:1].upper() + told[1:]


def written_moment(moment: datetime, timezone: str, language: str) -> str:
    """Day and time to the second where the seller is, with the distance from UTC that held then."""
    zone = ZoneInfo(timezone)
    offset = get_timezone_gmt(moment.astimezone(zone), width="iso8601", locale=language)
    written = format_datetime(moment, "d MMMM y, HH:mm:ss", tzinfo=zone, locale=language)
    if language == "fr" and written.startswith("1 "):
        written = written.replace("1 ", "1er ", 1)
    return f"{written} (UTC{offset})"


def _in_groups(digest: str) -> str:
    return " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))
