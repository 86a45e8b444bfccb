"""What *Outgoing mail* loads. Mails without a deal (accounts) are in none of it."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from backoffice.documents.models import Document
from backoffice.errors import NotFound
from backoffice.links.models import ClientLink
from backoffice.notifications.models import OutgoingMail
from backoffice.opportunities.models import Opportunity

PAGE = 50


@dataclass(frozen=True)
class ShownMail:
    """A mail with what its words and its attachment need."""

    mail: OutgoingMail
    link: ClientLink | None
    document: Document | None


def mails_of(session: Session, seen: ColumnElement[bool], *, before: int | None = None) -> list[OutgoingMail]:
    """The newest mails of the deals for which ``seen`` holds, one more than a page; those before the id ``before``."""
    older = sa.true() if before is None else OutgoingMail.id < before
    return list(
        session.scalars(
            sa.select(OutgoingMail)
            .join(Opportunity, Opportunity.id == OutgoingMail.opportunity_id)
            .where(seen, older)
            .order_by(OutgoingMail.id.desc())
            .limit(PAGE + 1)
        )
    )


def mail_of(session: Session, mail_id: int, seen: ColumnElement[bool]) -> ShownMail:
    """One of them; raises NotFound."""
    row = session.execute(
        sa.select(OutgoingMail, ClientLink, Document)
        .join(Opportunity, Opportunity.id == OutgoingMail.opportunity_id)
        .outerjoin(ClientLink, ClientLink.id == OutgoingMail.link_id)
        .outerjoin(Document, Document.id == OutgoingMail.document_id)
        .where(seen, OutgoingMail.id == mail_id)
    ).one_or_none()
    if row is None:
        raise NotFound(mail=mail_id)
    return ShownMail(*row)


def mail_to_act_on(session: Session, mail_id: int, seen: ColumnElement[bool]) -> OutgoingMail:
    """One of them, locked: neither another click nor a worker changes it meanwhile. Raises NotFound."""
    mail = session.scalar(
        sa.select(OutgoingMail)
        .join(Opportunity, Opportunity.id == OutgoingMail.opportunity_id)
        .where(seen, OutgoingMail.id == mail_id)
        .with_for_update(of=OutgoingMail)
    )
    if mail is None:
        raise NotFound(mail=mail_id)
    return mail
