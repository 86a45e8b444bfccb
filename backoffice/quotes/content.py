"""The content of a version: everything the client is offered, as facts that freeze to canonical bytes.

Schema 1, integers only: amounts and percentages in hundredths, unit prices in millionths,
quantities in ten-thousandths; dates as ISO texts; every text a client reads in both languages.
Cost is never part of it: ``internal_of`` freezes that apart, outside the digest.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from backoffice import clock
from backoffice.catalogue.models import VatCategory
from backoffice.clients.models import Client, Contact, Standing
from backoffice.db import scaled
from backoffice.legal.models import LegalText
from backoffice.legal.texts import filled, for_standing
from backoffice.money import Totals, step_of, totals_of
from backoffice.opportunities.models import Opportunity, OpportunityLine
from backoffice.quotes.choice import hundredths, totals_content
from backoffice.quotes.models import Quote
from backoffice.seller.models import Seller, VatRegime
from backoffice.staff.models import StaffMember

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Paper:
    """All that a version is made of, loaded by ``quotes.queries.paper_of``."""

    quote: Quote
    opportunity: Opportunity
    client: Client
    contact: Contact | None
    owner: StaffMember
    seller: Seller
    legal_texts: Sequence[LegalText]

    @property
    def lines(self) -> Sequence[OpportunityLine]:
        return self.opportunity.lines


def content_of(paper: Paper, *, number: str, version: int, on: date) -> dict[str, Any]:
    """What a version made now would freeze; a preview shows the same."""
    quote, client, seller = paper.quote, paper.client, paper.seller
    closes_at = clock.end_of(quote.valid_until, seller.timezone)
    lines = [line_content(line, quote.currency) for line in paper.lines]
    return {
        "schema": SCHEMA,
        "kind": "quote",
        "number": number,
        "version": version,
        "language": quote.language,
        "currency": quote.currency,
        "timezone": seller.timezone,
        "issued_on": on.isoformat(),
        "valid_until": quote.valid_until.isoformat(),
        "closes_at": moment_text(closes_at),
        "title": quote.title.as_content(),
        "introduction": quote.introduction.as_content(),
        "seller": seller.as_content(),
        "client": client_content(client, paper.contact),
        "rep": {"name": paper.owner.name, "email": paper.owner.email, "phone": paper.owner.phone},
        "lines": lines,
        "discount": hundredths(quote.discount),
        "totals": totals_content(totals_of_paper(paper)),
        "payment_days": quote.payment_days,
        "texts": [filled(text, _legal_facts(seller)).as_content() for text in _applicable(paper)],
    }


def totals_of_paper(paper: Paper) -> Totals:
    step = step_of(paper.quote.currency)
    return totals_of(
        ((line.priced.vat, line.priced.net(step)) for line in paper.lines if not line.is_section),
        discount=paper.quote.discount,
        currency=paper.quote.currency,
    )


def internal_of(lines: Sequence[OpportunityLine]) -> dict[str, Any]:
    """Costs by line, in millionths, for margin; never shown to a client."""
    return {"costs": {str(line.uuid): scaled(line.cost, 6) for line in lines if line.cost is not None}}


def line_content(line: OpportunityLine, currency: str) -> dict[str, Any]:
    if line.is_section:
        return {"id": str(line.uuid), "kind": "section", "name": line.name.as_content()}
    return {
        "id": str(line.uuid),
        "kind": "item",
        "name": line.name.as_content(),
        "description": line.description.as_content(),
        "nature": line.nature.value,
        "unit": line.unit.value,
        "quantity": scaled(line.quantity, 4),
        "unit_price": scaled(line.unit_price, 6),
        "discount": hundredths(line.discount),
        "vat": {"category": line.vat_category.value, "rate": hundredths(line.vat_rate)},
        "net": hundredths(line.priced.net(step_of(currency))),
    }


def client_content(client: Client, contact: Contact | None) -> dict[str, Any]:
    return {
        "kind": client.kind.value,
        "standing": client.standing.value,
        "name": client.name,
        "siren": client.siren,
        "vat_number": client.vat_number,
        "contact": {
            "name": contact.name if contact else client.name,
            "function": contact.function if contact else "",
            "email": (contact.email if contact else "") or client.email,
        },
        "billing": client.billing.as_content(),
        "delivery": client.delivery.as_content() if client.delivery else None,
    }


def moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _applicable(paper: Paper) -> list[LegalText]:
    standing = Standing(paper.client.standing)
    categories = {line.vat_category for line in paper.lines if not line.is_section}
    return [
        text
        for text in for_standing(paper.legal_texts, standing)
        if applies_to(text.code, paper.seller, categories)
    ]


def applies_to(code: str, seller: Seller, categories: Collection[VatCategory]) -> bool:
    """Wordings that depend on the seller's VAT regime, or on the VAT categories of the lines.

    CGI ann. II, 242 nonies A, I 12° and 13°.
    """
    franchise = seller.vat_regime is VatRegime.FRANCHISE
    match code.removesuffix("_invoice"):
        case "vat_franchise":
            return franchise
        case "vat_exempt":
            return VatCategory.EXEMPT in categories and not franchise
        case "vat_reverse_charge":
            return VatCategory.REVERSE_CHARGE in categories
        case "vat_on_debits":
            return seller.vat_on_debits
    return True


def _legal_facts(seller: Seller) -> dict[str, str]:
    place = seller.address
    reach = ", ".join(
        filter(
            None,
            (seller.name, place.street, f"{place.postcode} {place.city}".strip(), seller.phone, seller.email),
        )
    )
    return {"seller": seller.name, "seller_reach": reach}
