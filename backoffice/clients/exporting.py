"""All clients with their contacts as a table that can be imported again: nothing changes by that."""

from collections.abc import Iterator

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session, selectinload

from backoffice.clients.columns import COLUMNS
from backoffice.clients.models import Client, ClientKind, Contact, Standing

PIECE = 200


def client_rows(session: Session) -> Iterator[list[str]]:
    """Headings in the reader's language, then a row for each contact, or one for a client without."""
    kinds = {
        ClientKind.COMPANY: gettext("Company"),
        ClientKind.PERSON: gettext("Person"),
        ClientKind.PUBLIC_BODY: gettext("Public body"),
    }
    standings = {Standing.CONSUMER: gettext("Consumer"), Standing.PROFESSIONAL: gettext("Professional")}
    languages = {"fr": gettext("French"), "en": gettext("English")}
    yield [str(column.label) for column in COLUMNS]
    last = 0
    while True:
        # Piece by piece: a stream must not hold all clients, nor a transaction while somebody downloads.
        found = session.scalars(
            sa.select(Client)
            .where(Client.id > last, Client.archived_at.is_(None))
            .options(selectinload(Client.contacts))
            .order_by(Client.id)
            .limit(PIECE)
        ).all()
        session.expunge_all()
        session.rollback()
        for client in found:
            own = [
                str(client.id), client.name, kinds[client.kind], standings[client.standing], client.siren, client.siret,
                client.vat_number, client.email, client.phone, languages.get(client.language, client.language),
                *client.billing.as_content().values(), *delivery_of(client),
                "" if client.payment_days is None else str(client.payment_days), client.notes,
            ]  # fmt: skip
            people: list[Contact | None] = [each for each in client.contacts if each.archived_at is None]
            for contact in people or [None]:
                yield [*own, *_cells(contact)]
        if len(found) < PIECE:
            return
        last = found[-1].id


def delivery_of(client: Client) -> list[str]:
    """Nothing where it is the billing address, not even a country."""
    return list(client.delivery.as_content().values()) if client.delivery else ["", "", "", ""]


def _cells(contact: Contact | None) -> list[str]:
    return (
        ["", "", "", ""]
        if contact is None
        else [contact.name, contact.function, contact.email, contact.phone]
    )
