"""Mails and notices owed because one of ours recorded that a client accepted.

Whoever may think otherwise is told: who is said to have accepted, and everybody who has a link that opens.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.acceptances.events import QuoteAccepted
from backoffice.acceptances.models import Acceptance
from backoffice.clients.models import Client
from backoffice.documents.models import Document, DocumentKind
from backoffice.links.models import ClientLink
from backoffice.notices.models import NoticeKind
from backoffice.notices.telling import News, tell
from backoffice.notifications.models import MailKind
from backoffice.notifications.queueing import Person, amounts_told, common_facts, mail_about
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.quotes import canonical
from backoffice.quotes.models import QuoteVersion
from backoffice.staff.models import StaffMember


def confirm_acceptance(event: QuoteAccepted, session: Session) -> None:
    """With the quote as it was sent, on whose paper stand the terms; once to each address."""
    acceptance = session.get_one(Acceptance, event.acceptance_id)
    document_id = session.scalars(
        sa.select(Document.id).where(
            Document.kind == DocumentKind.QUOTE, Document.version_id == event.version_id
        )
    ).one()
    facts = _facts(event, acceptance, session)
    links = session.scalars(
        sa.select(ClientLink)
        .where(
            ClientLink.quote_id == event.quote_id,
            ClientLink.email != "",
            ClientLink.revoked_at.is_(None),
            ClientLink.expires_at > event.at,
        )
        .order_by(ClientLink.id == acceptance.link_id, ClientLink.id)
    )
    for link in {each.email.casefold(): each for each in links}.values():
        is_theirs = link.id == acceptance.link_id
        to = Person(acceptance.name if is_theirs else link.name, link.email, link.language)
        mail = mail_about(event.opportunity_id, MailKind.QUOTE_ACCEPTED_CLIENT, to, facts, at=event.at)
        mail.cause = f"acceptance:{acceptance.id}"
        mail.link_id = link.id
        mail.document_id = document_id
        session.add(mail)


def tell_owner_of_acceptance(event: QuoteAccepted, session: Session) -> None:
    """Not of one that they recorded themselves."""
    acceptance = session.get_one(Acceptance, event.acceptance_id)
    deal = session.get_one(Opportunity, event.opportunity_id)
    if event.by == deal.owner_id:
        return
    facts = _facts(event, acceptance, session) | {"client": session.get_one(Client, deal.client_id).name}
    cause = f"acceptance:{acceptance.id}"
    tell(session, deal.owner_id, News(NoticeKind.QUOTE_ACCEPTED, deal.id, facts, event.at, cause))


def _facts(event: QuoteAccepted, acceptance: Acceptance, session: Session) -> dict[str, Any]:
    content = session.get_one(QuoteVersion, event.version_id).read()
    order = sa.select(Order.number).where(Order.acceptance_id == acceptance.id)
    return common_facts(content) | {
        **amounts_told(canonical.read(acceptance.totals)),
        "order_number": session.scalars(order).one(),
        "said_by": acceptance.name,
        "method": acceptance.method.value,
        "accepted_on": acceptance.accepted_on.isoformat(),
        "recorded_by": session.get_one(StaffMember, event.by).name,
        "standing": content["client"]["standing"],
    }
