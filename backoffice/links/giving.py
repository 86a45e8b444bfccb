"""Giving a link to somebody more, sending it once more, taking it back."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.errors import NotFound
from backoffice.links.events import LinkRevoked, LinkSent
from backoffice.links.models import AFTER_CLOSING, AFTER_SIGNING, Channel, ClientLink
from backoffice.links.refusals import LinkIsRevoked, NothingSentYet
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.queries import quote_to_act_on
from backoffice.quotes.refusals import NoRecipient
from backoffice.quotes.sending import Recipient


def give_link(
    session: Session, quote_id: int, recipient: Recipient, *, channel: Channel, by: int, at: datetime
) -> ClientLink:
    """A link of their own to what the client has now. Raises NothingSentYet, NoRecipient."""
    quote = quote_to_act_on(session, quote_id)
    version = _sent(quote)
    if channel is Channel.MAIL and not recipient.email:
        raise NoRecipient(quote=quote.id)
    link = ClientLink(
        quote_id=quote.id,
        contact_id=recipient.contact_id,
        channel=channel,
        name=recipient.name,
        email=recipient.email,
        language=recipient.language,
        created_at=at,
        expires_at=at + AFTER_SIGNING if version.is_agreed else max(at, version.closes_at) + AFTER_CLOSING,
    )
    session.add(link)
    session.flush()  # the link gets its id, which the event carries
    quote.record(
        LinkSent(
            quote_id=quote.id,
            version_id=version.id,
            opportunity_id=quote.opportunity_id,
            link_id=link.id,
            by=by,
            mailed=channel is Channel.MAIL,
            again=False,
            times=0,
            at=at,
        )
    )
    return link


def send_again(session: Session, quote_id: int, link_id: int, *, times: int, by: int, at: datetime) -> None:
    """Mail the link once more; ``times``: how often it had been mailed when that was asked, so that two clicks are one.

    Raises NotFound, LinkIsRevoked, NoRecipient.
    """
    quote = quote_to_act_on(session, quote_id)
    link = _link_of(session, quote, link_id)
    if not link.is_open(at):
        raise LinkIsRevoked(link=link.id)
    if not link.email:
        raise NoRecipient(quote=quote.id)
    if times != times_mailed(session, link.id):
        return
    quote.record(
        LinkSent(
            quote_id=quote.id,
            version_id=_sent(quote).id,
            opportunity_id=quote.opportunity_id,
            link_id=link.id,
            by=by,
            mailed=True,
            again=True,
            times=times,
            at=at,
        )
    )


def revoke_link(session: Session, quote_id: int, link_id: int, *, by: int, at: datetime) -> None:
    """It opens nothing any more, for good; again does nothing. Raises NotFound."""
    quote = quote_to_act_on(session, quote_id)
    link = _link_of(session, quote, link_id)
    if link.revoked_at is not None:
        return
    link.revoked_at = at
    quote.record(
        LinkRevoked(quote_id=quote.id, opportunity_id=quote.opportunity_id, link_id=link.id, by=by, at=at)
    )


def times_mailed(session: Session, link_id: int) -> int:
    count = sa.select(sa.func.count(OutgoingMail.id)).where(
        OutgoingMail.link_id == link_id, OutgoingMail.kind == MailKind.QUOTE_INVITATION
    )
    return session.scalar(count) or 0


def _sent(quote: Quote) -> QuoteVersion:
    version = next((each for each in quote.versions if each.id == quote.live_version_id), None)
    if version is None:
        raise NothingSentYet(quote=quote.id)
    return version


def _link_of(session: Session, quote: Quote, link_id: int) -> ClientLink:
    link = session.scalar(
        sa.select(ClientLink).where(ClientLink.id == link_id, ClientLink.quote_id == quote.id)
    )
    if link is None:
        raise NotFound(link=link_id)
    return link
