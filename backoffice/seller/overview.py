"""The subjects of the settings: what each holds now, in a line, and what papers still lack."""

from dataclasses import dataclass

from flask_babel import gettext, ngettext

from backoffice.documents.paper import grouped
from backoffice.seller.models import Seller, VatRegime


@dataclass(frozen=True, kw_only=True)
class Subject:
    """``summary``: as it stands; ``lacks``: a sentence when something should be added."""

    title: str
    endpoint: str
    name: str
    summary: str
    lacks: str = ""


def subjects(seller: Seller) -> list[Subject]:
    return [identity(seller), vat(seller), look(seller), terms(seller), mentions(seller)]


def identity(seller: Seller) -> Subject:
    unreachable = not (seller.email or seller.phone)
    place = " ".join(filter(None, [seller.address.postcode, seller.address.city]))
    return Subject(
        title=gettext("Company"),
        endpoint="settings.show",
        name="identity",
        summary=", ".join(filter(None, [seller.name, f"SIREN {grouped(seller.siren, 3)}", place])),
        lacks=gettext("Clients find neither telephone nor e-mail on your papers.") if unreachable else "",
    )


def vat(seller: Seller) -> Subject:
    franchise = seller.vat_regime is VatRegime.FRANCHISE
    regime = gettext("Without VAT (art. 293 B CGI)") if franchise else gettext("With VAT")
    account = f"IBAN {grouped(seller.iban, 4)}" if seller.iban else ""
    lacks = ""
    if not franchise and not seller.vat_number:
        lacks = gettext("Without your VAT number no invoice can be issued.")
    elif not seller.iban:
        lacks = gettext("Without an IBAN your invoices do not say where to pay.")
    return Subject(
        title=gettext("VAT and bank"),
        endpoint="settings.show",
        name="vat",
        summary=", ".join(filter(None, [regime, seller.vat_number, account])),
        lacks=lacks,
    )


def look(seller: Seller) -> Subject:
    logo = gettext("With a logo") if seller.logo else gettext("Without a logo")
    return Subject(
        title=gettext("Logo and colour"),
        endpoint="settings.show",
        name="look",
        summary=f"{logo}, {seller.colour}",
    )


def terms(seller: Seller) -> Subject:
    valid = ngettext("Quotes are valid for one day", "Quotes are valid for %(num)s days", seller.quote_days)
    paid = ngettext("one day to pay", "%(num)s days to pay", seller.payment_days)
    return Subject(
        title=gettext("Terms and language"),
        endpoint="settings.show",
        name="terms",
        summary=f"{valid}, {paid}, {seller.currency}, {seller.timezone.replace('_', ' ')}",
    )


def mentions(seller: Seller) -> Subject:
    insured = gettext("Insurance named") if seller.insurance else gettext("No insurance named")
    mediated = gettext("mediator named") if seller.mediator else gettext("no mediator named")
    return Subject(
        title=gettext("Insurance and mediator"),
        endpoint="settings.show",
        name="mentions",
        summary=f"{insured}, {mediated}",
        lacks="" if seller.mediator else gettext("Whoever sells to consumers must name a mediator."),
    )
