"""Mails owed to clients because of an event: rows only, sent after the commit by the worker.

What our own people are told at the same time is in ``of_signatures``, ``of_answers`` and their likes.

What each kind's ``facts`` hold is told in ``notifications.mails``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.documents.models import Document, DocumentKind
from backoffice.links.events import LinkSent
from backoffice.links.models import ClientLink
from backoffice.notifications.mails import new_message_id
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.orders.models import Order
from backoffice.quotes import canonical
from backoffice.quotes.content import moment_text
from backoffice.quotes.events import QuoteSent, QuoteSigned
from backoffice.quotes.models import QuoteVersion
from backoffice.signatures.models import Signature

LONGEST_DOMAIN = 80
"""With it a Message-ID still fits in its column of 120; a domain may have 253 characters."""


@dataclass(frozen=True)
class Person:
    """Whom a mail is for, and in which language."""

    name: str
    email: str
    language: str


def invite_client(event: QuoteSent, session: Session) -> None:
    """The mail with the client's link, unless the rep only wanted a link to copy."""
    if not event.mailed:
        return
    _invite(event, session, cause=f"version:{event.version_id}:link:{event.link_id}")


def send_link(event: LinkSent, session: Session) -> None:
    """The same mail to one more recipient, or once more to the same."""
    if event.mailed:
        _invite(
            event, session, cause=f"version:{event.version_id}:link:{event.link_id}:time:{event.times + 1}"
        )


def _invite(event: QuoteSent | LinkSent, session: Session, *, cause: str) -> None:
    link = session.get_one(ClientLink, event.link_id)
    content = session.get_one(QuoteVersion, event.version_id).read()
    facts = common_facts(content) | {
        "valid_until": content["valid_until"],
        "net": content["totals"]["net"],
        "standing": content["client"]["standing"],
    }
    to = Person(link.name, link.email, link.language)
    mail = mail_about(event.opportunity_id, MailKind.QUOTE_INVITATION, to, facts, at=event.at)
    mail.cause = cause
    mail.link_id = link.id
    session.add(mail)


def thank_client(event: QuoteSigned, session: Session) -> None:
    """The signed copy; it waits for its document, the client's page does not."""
    signature = session.get_one(Signature, event.signature_id)
    document_id = session.scalars(
        sa.select(Document.id).where(
            Document.kind == DocumentKind.SIGNED_QUOTE, Document.signature_id == signature.id
        )
    ).one()
    to = Person(signature.name, signature.email, signature.language)
    facts = signed_facts(event, signature, session)
    mail = mail_about(event.opportunity_id, MailKind.QUOTE_SIGNED_CLIENT, to, facts, at=event.at)
    mail.cause = f"signature:{signature.id}"
    mail.link_id = event.link_id
    mail.document_id = document_id
    session.add(mail)


def mail_about(
    opportunity_id: int, kind: MailKind, to: Person, facts: dict[str, Any], *, at: datetime
) -> OutgoingMail:
    """A mail whose replies go to the rep; the caller names its cause and what it carries."""
    rep_email = facts["rep"]["email"]
    return OutgoingMail(
        message_id=new_message_id(domain_of(rep_email)),
        kind=kind,
        language=to.language,
        recipient_name=to.name,
        recipient_email=to.email,
        reply_to=rep_email,
        facts=facts,
        opportunity_id=opportunity_id,
        created_at=at,
        available_at=at,
    )


def domain_of(email: str) -> str:
    """The right-hand side of a Message-ID: the firm's own domain. Never refuses: no mail is worth a signature."""
    try:
        domain = email.rpartition("@")[2].encode("idna").decode()
    except UnicodeError:
        return "localhost"
    return domain if 0 < len(domain) <= LONGEST_DOMAIN else "localhost"


def common_facts(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "quote_number": content["number"],
        "version": content["version"],
        "title": content["title"],
        **amounts_told(content["totals"]),
        "currency": content["currency"],
        "seller": content["seller"]["trading_name"],
        "rep": content["rep"],
    }


def amounts_told(totals: Mapping[str, Any]) -> dict[str, Any]:
    """Of totals as frozen, with VAT: what is paid once, and what comes back, with how often."""
    again = [[each["recurrence"], each["net"], each["gross"]] for each in totals.get("recurring", ())]
    return {"gross": totals["gross"], "recurring": again}


def signed_facts(event: QuoteSigned, signature: Signature, session: Session) -> dict[str, Any]:
    content = session.get_one(QuoteVersion, event.version_id).read()
    order_number = session.scalars(sa.select(Order.number).where(Order.signature_id == signature.id)).one()
    return common_facts(content) | {
        **amounts_told(canonical.read(signature.totals)),
        "order_number": order_number,
        "signer": signature.name,
        "signed_at": moment_text(event.at),
    }
