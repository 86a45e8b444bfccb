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


@dataclass(frozen=True, kw_only=True)
class ClientFacts:
    """What was typed, checked. ``contact_name`` is empty for a person, who is their own contact."""

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


def new_client(facts: ClientFacts, *, by: int, at: datetime) -> Client:
    """Raises OnlyPersonsAreConsumers."""
    if facts.standing is Standing.CONSUMER and facts.kind is not ClientKind.PERSON:
        raise OnlyPersonsAreConsumers(kind=facts.kind.value)
    contacts = []
    if facts.contact_name and facts.kind is not ClientKind.PERSON:
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
