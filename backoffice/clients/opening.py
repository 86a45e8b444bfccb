"""Entering a client, and changing what is known of it."""

from dataclasses import dataclass, field
from datetime import datetime

from backoffice.clients.models import Client, ClientKind, Contact, Standing
from backoffice.clients.refusals import ContactWithoutName, OnlyPersonsAreConsumers, PersonIsTheirOwnContact
from backoffice.db import Address


@dataclass(frozen=True, kw_only=True)
class ClientFacts:
    """What was typed, checked. All of the contact is empty for a person, and may be for others.

    ``delivery`` is empty when it is the billing address; ``payment_days`` None when the firm's own habit holds.
    """

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
    delivery: Address = field(default_factory=Address)
    payment_days: int | None = None
    notes: str = ""
    contact_name: str = ""
    contact_function: str = ""
    contact_email: str = ""


def refuse_unclear_contact(kind: str, *, name: str, rest: str) -> None:
    """``rest``: whatever was typed besides the name. Raises ContactWithoutName, PersonIsTheirOwnContact."""
    if kind == ClientKind.PERSON and (name or rest):
        raise PersonIsTheirOwnContact
    if rest and not name:
        raise ContactWithoutName


def new_client(facts: ClientFacts, *, by: int, at: datetime) -> Client:
    """Raises OnlyPersonsAreConsumers, ContactWithoutName, PersonIsTheirOwnContact."""
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
                is_principal=True,
            )
        )
    client = Client(owner_id=by, created_at=at, contacts=contacts)
    describe_client(client, facts)
    return client


def describe_client(client: Client, facts: ClientFacts) -> None:
    """Store what was typed of the client itself. Papers that are sent or issued keep what they say.

    Raises OnlyPersonsAreConsumers.
    """
    if facts.standing is Standing.CONSUMER and facts.kind is not ClientKind.PERSON:
        raise OnlyPersonsAreConsumers(kind=facts.kind.value)
    client.kind, client.standing = facts.kind, facts.standing
    client.name, client.siren, client.siret = facts.name, facts.siren, facts.siret
    client.vat_number, client.email, client.phone = facts.vat_number, facts.email, facts.phone
    client.language, client.billing, client.delivery = facts.language, facts.billing, facts.delivery
    client.payment_days, client.notes = facts.payment_days, facts.notes
