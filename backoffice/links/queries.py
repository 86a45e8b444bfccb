"""The links of a quote, with what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from backoffice.acceptances.models import Acceptance
from backoffice.answers.models import ChangeRequest, Refusal
from backoffice.errors import NotFound
from backoffice.links.models import ClientLink
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.opportunities.models import Opportunity
from backoffice.quotes.models import Quote
from backoffice.signatures.models import Signature


@dataclass(frozen=True, kw_only=True)
class GivenLink:
    """``times``: how often it was mailed; the moments of what its holder did last, if anything.

    ``accepted_at``: when one of ours recorded that its holder accepted otherwise.
    """

    link: ClientLink
    times: int
    signed_at: datetime | None
    accepted_at: datetime | None
    refused_at: datetime | None
    asked_at: datetime | None


def links_of(session: Session, quote_id: int) -> Sequence[GivenLink]:
    """The newest first, from one statement."""

    def last(column: InstrumentedAttribute[Any], link: InstrumentedAttribute[Any]) -> sa.ScalarSelect[Any]:
        return (
            sa.select(sa.func.max(column))
            .where(link == ClientLink.id)
            .correlate(ClientLink)
            .scalar_subquery()
        )

    times = (
        sa.select(sa.func.count(OutgoingMail.id))
        .where(OutgoingMail.link_id == ClientLink.id, OutgoingMail.kind == MailKind.QUOTE_INVITATION)
        .correlate(ClientLink)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(
            ClientLink,
            times,
            last(Signature.signed_at, Signature.link_id),
            last(Acceptance.recorded_at, Acceptance.link_id),
            last(Refusal.refused_at, Refusal.link_id),
            last(ChangeRequest.asked_at, ChangeRequest.link_id),
        )
        .where(ClientLink.quote_id == quote_id)
        .order_by(ClientLink.id.desc())
    )
    return [
        GivenLink(
            link=link, times=count, signed_at=signed, accepted_at=accepted, refused_at=refused, asked_at=asked
        )
        for link, count, signed, accepted, refused, asked in rows
    ]


def quote_of_link(session: Session, link_id: int, visible: sa.ColumnElement[bool]) -> int:
    """The quote that a link opens, if the reader may see it. Raises NotFound."""
    quote_id = session.scalar(
        sa.select(ClientLink.quote_id)
        .join(Quote, Quote.id == ClientLink.quote_id)
        .join(Opportunity, Opportunity.id == Quote.opportunity_id)
        .where(ClientLink.id == link_id, Opportunity.archived_at.is_(None), visible)
    )
    if quote_id is None:
        raise NotFound(link=link_id)
    return quote_id
