"""The line at the foot of every page of the portal."""

from flask_babel import gettext

from backoffice.documents.paper import capital
from backoffice.quotes.reading import QuoteReading
from backoffice.signatures.ceremony import spaced


def colophon(reading: QuoteReading) -> list[str]:
    """The seller's legal identity, as frozen."""
    seller = reading.seller
    identity = seller.name if not seller.legal_form else f"{seller.name} {seller.legal_form}"
    if seller.capital is not None:
        identity = gettext(
            "%(firm)s with share capital of %(capital)s",
            firm=identity,
            capital=capital(seller.capital, seller.country, reading.language),
        )
    siren = f"SIREN {spaced(seller.siren)}" if seller.siren else ""
    parts = (
        identity,
        f"{siren}, {seller.rcs}" if siren and seller.rcs else siren or seller.rcs,
        gettext("VAT no. %(number)s", number=seller.vat_number) if seller.vat_number else "",
        gettext("Consumer mediator: %(mediator)s", mediator=seller.mediator)
        if reading.is_consumer and seller.mediator
        else "",
    )
    return [part for part in parts if part]
