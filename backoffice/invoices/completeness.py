"""What an invoice must and should say before it is issued, since afterwards nothing can be added.

CGI ann. II, 242 nonies A, I 1° and 2°: name, address, SIREN and VAT number of the seller, name and
address of the client; 4°: the client's VAT number when the client pays the tax abroad; a client firm's
SIREN becomes due with e-invoicing (décret 2022-1299).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.catalogue.models import VatCategory
from backoffice.clients.models import Client, ClientKind
from backoffice.clients.queries import client_standing_for
from backoffice.db import Address
from backoffice.errors import StaleRevision
from backoffice.invoices.models import Invoice
from backoffice.invoices.refusals import AddressKnown, InvoiceIncomplete
from backoffice.seller.models import Seller, VatRegime


class Fact(StrEnum):
    """A mention that may be missing."""

    SELLER_ADDRESS = "seller_address"
    SELLER_SIREN = "seller_siren"
    SELLER_VAT_NUMBER = "seller_vat_number"
    SELLER_IBAN = "seller_iban"
    CLIENT_ADDRESS = "client_address"
    CLIENT_SIREN = "client_siren"
    CLIENT_VAT_NUMBER = "client_vat_number"

    def sentence(self) -> str:
        """What is missing, in the reader's language."""
        return {
            Fact.SELLER_ADDRESS: gettext("Your company’s postal address"),
            Fact.SELLER_SIREN: gettext("Your company’s SIREN number"),
            Fact.SELLER_VAT_NUMBER: gettext("Your company’s VAT number"),
            Fact.SELLER_IBAN: gettext("Your company’s IBAN: without it the client is not told where to pay"),
            Fact.CLIENT_ADDRESS: gettext("The client’s billing address"),
            Fact.CLIENT_SIREN: gettext("The client’s SIREN number"),
            Fact.CLIENT_VAT_NUMBER: gettext("The client’s VAT number, since VAT is theirs to pay"),
        }[self]


@dataclass(frozen=True)
class Missing:
    """``needed``: the invoice cannot be issued without; ``advised``: it can, and would be better with."""

    needed: tuple[Fact, ...]
    advised: tuple[Fact, ...]

    @property
    def of_client(self) -> bool:
        """Whether something is missing that stands on the client's page."""
        return not OF_CLIENT.isdisjoint((*self.needed, *self.advised))


OF_CLIENT = frozenset({Fact.CLIENT_ADDRESS, Fact.CLIENT_SIREN, Fact.CLIENT_VAT_NUMBER})


def missing_from(seller: Seller, client: Client, categories: Collection[VatCategory]) -> Missing:
    """What the paper would lack if it were issued now; ``categories`` are those of its lines."""
    reversed_charge = VatCategory.REVERSE_CHARGE in categories and not client.vat_number
    abroad = client.billing.country != seller.address.country
    needed, advised = list(_needed(seller, client)), list(_advised(seller, client))
    if reversed_charge:
        (needed if abroad else advised).append(Fact.CLIENT_VAT_NUMBER)
    return Missing(tuple(needed), tuple(advised))


def refuse_incomplete(seller: Seller, client: Client, categories: Collection[VatCategory]) -> None:
    """Raises InvoiceIncomplete."""
    missing = missing_from(seller, client, categories).needed
    if missing:
        raise InvoiceIncomplete(missing=missing)


def complete_address(session: Session, invoice_id: int, billing: Address, *, revision: int) -> None:
    """Give the client of a draft the billing address it lacked, in its country; ``revision`` is the client's as shown.

    Raises AlreadyIssued, StaleRevision, AddressKnown.
    """
    invoice = session.get_one(Invoice, invoice_id)
    invoice.refuse_unless_draft()
    client = client_standing_for(session, invoice.client_id)
    if _is_whole(client.billing):
        raise AddressKnown(client=client.id)
    _refuse_changed(client, revision)
    client.billing = replace(billing, country=client.billing.country)


def refuse_changed_client(session: Session, invoice_id: int, *, revision: int) -> None:
    """Raises StaleRevision when the client is no longer as the draft's page showed them: the invoice goes to them."""
    invoice = session.get_one(Invoice, invoice_id)
    _refuse_changed(client_standing_for(session, invoice.client_id), revision)


def _refuse_changed(client: Client, revision: int) -> None:
    if client.revision != revision:
        raise StaleRevision(opened=revision, stored=client.revision)


def _needed(seller: Seller, client: Client) -> Iterator[Fact]:
    if not _is_whole(seller.address):
        yield Fact.SELLER_ADDRESS
    if not seller.siren:
        yield Fact.SELLER_SIREN
    if not seller.vat_number and seller.vat_regime is VatRegime.STANDARD:
        yield Fact.SELLER_VAT_NUMBER
    if not _is_whole(client.billing):
        yield Fact.CLIENT_ADDRESS


def _advised(seller: Seller, client: Client) -> Iterator[Fact]:
    if not seller.iban:
        yield Fact.SELLER_IBAN
    if client.kind is not ClientKind.PERSON and client.billing.country == "FR" and not client.siren:
        yield Fact.CLIENT_SIREN


def _is_whole(address: Address) -> bool:
    """A place in France may have no street name, but always has a town."""
    return bool(address.city and (address.street or address.postcode))
