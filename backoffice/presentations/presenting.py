"""Holding a quote out to the client in person, on a browser of ours that opens nothing else meanwhile."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.links.models import Channel, ClientLink, Whereabouts
from backoffice.opportunities.models import Opportunity
from backoffice.quotes.events import QuotePresented
from backoffice.quotes.models import Quote
from backoffice.quotes.refusals import QuoteClosed, QuoteExpired
from backoffice.quotes.sending import Recipient, link_to, send_quote


def present_quote(
    session: Session,
    quote: Quote,
    deal: Opportunity,
    *,
    anew: bool,
    recipient: Recipient,
    where: Whereabouts,
    by: int,
    at: datetime,
) -> ClientLink:
    """A link of its own to the version that the client has, or ``anew`` to the working paper, sent by it.

    ``quote`` and ``deal`` are locked, as by read_as_shown. Raises AlreadySigned; QuoteExpired and QuoteClosed
    for a version that the client can no longer answer; of ``anew``, whatever ``send_quote`` does.
    """
    if anew:
        return send_quote(
            session, quote, deal, recipient=recipient, channel=Channel.IN_PERSON, where=where, by=by, at=at
        )
    quote.refuse_if_agreed()
    version = quote.live
    if version is None:
        raise QuoteClosed(quote=quote.number)
    if not version.is_open(at):
        raise QuoteExpired(quote=quote.number, closed_at=version.closes_at)
    link = link_to(quote, version, recipient, channel=Channel.IN_PERSON, where=where, at=at)
    session.add(link)
    session.flush()  # the link gets its id, which the event carries
    quote.record(
        QuotePresented(
            quote_id=quote.id,
            version_id=version.id,
            opportunity_id=quote.opportunity_id,
            link_id=link.id,
            by=by,
            at=at,
        )
    )
    return link


def link_lent(session: Session, link_id: int) -> ClientLink:
    return session.get_one(ClientLink, link_id)


def deal_of_link(session: Session, link_id: int) -> int:
    """Where whoever presented it goes on working."""
    return session.scalars(
        sa.select(Quote.opportunity_id)
        .join(ClientLink, ClientLink.quote_id == Quote.id)
        .where(ClientLink.id == link_id)
    ).one()
