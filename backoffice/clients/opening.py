"""Entering a client."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from backoffice.clients.models import Client, ClientKind, Contact, Standing
from backoffice.db import Address
from backoffice.errors import Refusal


class OnlyPersonsAreConsumers(Refusal):
    """Code de la consommation, preliminary article: a consumer is a natural person."""

    def sentence(self) -> str:
        return gettext(
            "Only a person can buy as a consumer. A company or a public body buys as a professional."
        )


class ContactWithoutName(Refusal):
    def sentence(self) -> str:
        return gettext("Enter the contact’s name.")


class PersonIsTheirOwnContact(Refusal):
    def sentence(self) -> str:
        return gettext(
            "A person is their own contact. Empty the fields of the contact, or choose another type of client."
        )


@dataclass(frozen=True, kw_only=True)
class ClientFacts:
    """What was typed, checked. All of the contact is empty for a person, and may be for others."""

    kind: ClientKind
    standing: Standing
    name: str
    siren: str
    siret: str
    vat_number: str
    email: str
    phone: str
    language: str
    billing: Address
    contact_name: str
    contact_function: str
    contact_email: str


def refuse_unclear_contact(kind: str, *, name: str, rest: str) -> None:
    """``rest``: whatever was typed besides the name. Raises ContactWithoutName, PersonIsTheirOwnContact."""
    if kind == ClientKind.PERSON and (name or rest):
        raise PersonIsTheirOwnContact
    if rest and not name:
        raise ContactWithoutName


def new_client(facts: ClientFacts, *, by: int, at: datetime) -> Client:
    """Raises OnlyPersonsAreConsumers, ContactWithoutName, PersonIsTheirOwnContact."""
    if facts.standing is Standing.CONSUMER and facts.kind is not ClientKind.PERSON:
        raise OnlyPersonsAreConsumers(kind=facts.kind.value)
    refuse_unclear_contact(
        facts.kind, name=facts.contact_name, rest=facts.contact_function + facts.contact_email
    )
    contacts = []
    if facts.contact_name:
        contacts.append(
            Contact(
                name=facts.contact_name,
                function=facts.contact_function,
                email=facts.contact_email,
                language=facts.language,
            )
        )
    return Client(
        kind=facts.kind,
        standing=facts.standing,
        name=facts.name,
        siren=facts.siren,
        siret=facts.siret,
        vat_number=facts.vat_number,
        email=facts.email,
        phone=facts.phone,
        language=facts.language,
        billing=facts.billing,
        delivery=Address(),
        owner_id=by,
        created_at=at,
        contacts=contacts,
    )
