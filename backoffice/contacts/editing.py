"""The people one speaks with at a client's: who they are, and who comes first.

Links that were sent keep the name and the address that they were sent to: those are copied on the link.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.clients.models import Client, Contact
from backoffice.errors import Conflict


class ContactIsArchived(Conflict):
    def sentence(self) -> str:
        return gettext("This contact is archived. Restore it first.")


class ContactNotArchived(Conflict):
    def sentence(self) -> str:
        return gettext("This contact is not archived any more. Nothing was changed.")


@dataclass(frozen=True, kw_only=True)
class ContactFacts:
    """What was typed, checked. ``principal``: whether this one comes before all others."""

    name: str
    function: str
    email: str
    phone: str
    language: str
    principal: bool


def add_contact(session: Session, client: Client, facts: ContactFacts) -> Contact:
    """The first of a client comes first by itself. ``client`` is locked, with its contacts."""
    contact = Contact(client_id=client.id)
    first = not any(each.archived_at is None for each in client.contacts)
    describe_contact(session, contact, facts)
    session.add(contact)
    if first:
        contact.is_principal = True
    return contact


def describe_contact(session: Session, contact: Contact, facts: ContactFacts) -> None:
    """Store what was typed. The client is locked."""
    contact.name, contact.function = facts.name, facts.function
    contact.email, contact.phone, contact.language = facts.email, facts.phone, facts.language
    if facts.principal and not contact.is_principal:
        make_principal(session, contact)


def make_principal(session: Session, contact: Contact) -> None:
    """In the place of whoever came first. Raises ContactIsArchived."""
    if contact.archived_at is not None:
        raise ContactIsArchived(contact=contact.id)
    # At once, not with the rest: the table allows one at a time.
    session.execute(
        sa.update(Contact)
        .where(Contact.client_id == contact.client_id, Contact.is_principal)
        .values(is_principal=False, revision=Contact.revision + 1)
        .execution_options(synchronize_session=False)
    )
    contact.is_principal = True


def archive_contact(contact: Contact, *, at: datetime) -> None:
    """Nobody chooses them any more; deals and links that name them go on. Raises ContactIsArchived."""
    if contact.archived_at is not None:
        raise ContactIsArchived(contact=contact.id)
    contact.archived_at, contact.is_principal = at, False


def restore_contact(contact: Contact) -> None:
    """Raises ContactNotArchived."""
    if contact.archived_at is None:
        raise ContactNotArchived(contact=contact.id)
    contact.archived_at = None
