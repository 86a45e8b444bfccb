"""The content of a version: everything the client is offered, as facts that freeze to canonical bytes.

Schema 3 (1 had no ``deposit``, 2 no choices, some of 3 no ``schedule``), integers only: amounts and percentages
in hundredths, unit prices in millionths, quantities in ten-thousandths; dates as ISO texts; every text a client
reads in both languages.
Cost is never part of it: ``internal_of`` freezes that apart, outside the digest.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext

from backoffice import clock
from backoffice.catalogue.models import VatCategory
from backoffice.clients.models import Client, Contact, Standing
from backoffice.db import Bilingual, scaled, unscaled
from backoffice.language import in_both, money, percent
from backoffice.legal.models import LegalText
from backoffice.legal.texts import filled, for_standing
from backoffice.money import Recurrence, Totals, Vat, step_of, totals_by_recurrence
from backoffice.opportunities.models import LineKind, Opportunity, OpportunityLine
from backoffice.quotes.choice import all_totals, hundredths, leaves_choice, totals_content
from backoffice.quotes.deposit import Deposit, DepositKind, deposit_totals
from backoffice.quotes.models import Quote
from backoffice.quotes.offers import FIRM, Offer, offers_of
from backoffice.seller.models import Seller, VatRegime
from backoffice.staff.models import StaffMember
from backoffice.vat.exemptions import Exemption

SCHEMA = 3


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
    exemptions: Sequence[tuple[Vat, Exemption]] = ()

    @property
    def lines(self) -> Sequence[OpportunityLine]:
        return self.opportunity.lines


def content_of(paper: Paper, *, number: str, version: int, on: date) -> dict[str, Any]:
    """What a version made now would freeze; a preview shows the same."""
    quote, client, seller = paper.quote, paper.client, paper.seller
    closes_at = clock.end_of(quote.valid_until, seller.timezone)
    offers = offers_of(paper.lines)
    lines = [line_content(line, quote.currency, offers.get(line.uuid, FIRM)) for line in paper.lines]
    totals = totals_of_paper(paper)
    deposit = deposit_content(quote.deposit, totals[Recurrence.ONCE], quote.currency)
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
        "discount_amount": hundredths(quote.discount_amount),
        "totals": all_totals(totals),
        "deposit": deposit,
        "schedule": [each.as_content() for each in quote.instalments],
        "payment_days": quote.payment_days,
        "exemptions": [each.as_content(vat) for vat, each in paper.exemptions],
        "texts": [
            filled(
                text, _legal_facts(seller, quote.currency, deposit, chosen=leaves_choice(lines))
            ).as_content()
            for text in _applicable(paper)
        ],
    }


def deposit_content(deposit: Deposit | None, totals: Totals, currency: str) -> dict[str, Any] | None:
    """The deposit as frozen: its kind, its share of the whole and what that comes to."""
    if deposit is None:
        return None
    owed = deposit_totals(totals.taxes, deposit.percent, currency=currency)
    return {
        "kind": deposit.kind.value,
        "percent": hundredths(deposit.percent),
        "totals": totals_content(owed),
    }


def totals_of_paper(paper: Paper) -> dict[Recurrence, Totals]:
    """Of the lines that are taken as long as the client says nothing."""
    step, offers = step_of(paper.quote.currency), offers_of(paper.lines)
    return totals_by_recurrence(
        (
            (line.recurrence, line.priced.vat, line.priced.net(step))
            for line in paper.lines
            if line.is_item and offers[line.uuid].taken
        ),
        discount=paper.quote.reduction,
        currency=paper.quote.currency,
    )


def internal_of(lines: Sequence[OpportunityLine]) -> dict[str, Any]:
    """Costs by line, in millionths, for margin; never shown to a client."""
    return {"costs": {str(line.uuid): scaled(line.cost, 6) for line in lines if line.cost is not None}}


def line_content(line: OpportunityLine, currency: str, offer: Offer = FIRM) -> dict[str, Any]:
    if line.kind is LineKind.SECTION:
        return {
            "id": str(line.uuid),
            "kind": "section",
            "name": line.name.as_content(),
            "one_of": line.one_of,
            "hides_prices": line.hides_prices,
        }
    if line.kind is LineKind.NOTE:
        return {"id": str(line.uuid), "kind": "note", "description": line.description.as_content()}
    least, most = line.quantity_min, line.quantity_max
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
        "discount_amount": hundredths(line.discount_amount),
        "recurrence": line.recurrence.value,
        "offer": offer.kind.value,
        "group": str(offer.group) if offer.group else None,
        "taken": offer.taken,
        "range": None if least is None or most is None else [scaled(least, 4), scaled(most, 4)],
        "image": line.image_sha256,
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
    categories = {line.vat_category for line in paper.lines if line.is_item}
    return [
        text
        for text in for_standing(paper.legal_texts, standing)
        if applies_to(text.code, paper.seller, categories, deposit=paper.quote.deposit_kind)
    ]


def applies_to(
    code: str,
    seller: Seller,
    categories: Collection[VatCategory],
    *,
    deposit: DepositKind | None = None,
    deducts: bool = False,
    signed: bool = True,
) -> bool:
    """Wordings that depend on the seller's VAT regime, on the VAT categories of the lines, or on a deposit.

    CGI ann. II, 242 nonies A, I 12° and 13°; C. conso. L214-1. ``deposit``: of the kind that the paper asks for;
    ``deducts``: the paper takes one off; ``signed``: the quote was, and not accepted otherwise.
    """
    franchise = seller.vat_regime is VatRegime.FRANCHISE
    conditions = {
        "vat_franchise": franchise,
        "vat_exempt": VatCategory.EXEMPT in categories and not franchise,
        "vat_reverse_charge": VatCategory.REVERSE_CHARGE in categories,
        "vat_on_debits": seller.vat_on_debits,
        "deposit_acompte": deposit is DepositKind.ACOMPTE and signed,
        "deposit_arrhes": deposit is DepositKind.ARRHES and signed,
        "deposit_acompte_accepted": deposit is DepositKind.ACOMPTE and not signed,
        "deposit_arrhes_accepted": deposit is DepositKind.ARRHES and not signed,
        "deduction": deducts,
    }
    return conditions.get(code.removesuffix("_invoice"), True)


def _legal_facts(
    seller: Seller, currency: str, deposit: Mapping[str, Any] | None, *, chosen: bool
) -> dict[str, str | Bilingual]:
    place = seller.address
    reach = ", ".join(
        filter(
            None,
            (seller.name, place.street, f"{place.postcode} {place.city}".strip(), seller.phone, seller.email),
        )
    )
    facts: dict[str, str | Bilingual] = {"seller": seller.name, "seller_reach": reach}
    if deposit is not None:
        gross, share = unscaled(deposit["totals"]["gross"], 2), unscaled(deposit["percent"], 2)
        facts["deposit"] = in_both(
            lambda: (
                gettext("%(share)s of the chosen total", share=percent(share))
                if chosen
                else money(gross, currency)
            )
        )
    return facts
