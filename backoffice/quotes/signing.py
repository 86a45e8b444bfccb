"""A client's signature: the act, where quote, link and signature meet."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from backoffice.errors import Gone
from backoffice.links.models import AFTER_SIGNING, Channel, ClientLink
from backoffice.quotes.choice import Selection
from backoffice.quotes.events import QuoteSigned
from backoffice.quotes.queries import quote_to_act_on
from backoffice.signatures.models import Signature, Signing
from backoffice.staff.sessions import lender_of


def sign_quote(
    session: Session,
    quote_id: int,
    signing: Signing,
    selection: Selection,
    *,
    at: datetime,
    seen_as: str,
) -> Signature:
    """Sign the live version of a quote through a link; the rules are ``Quote.sign``'s.

    ``at`` is the moment the request came in: a client who pressed the button in time is in time,
    however long the lock made them wait. Raises Gone when the link was revoked meanwhile.
    """
    quote = quote_to_act_on(session, quote_id)
    link = session.get_one(ClientLink, signing.link_id)
    if not link.is_open(at):
        raise Gone(link=link.id)
    signature = quote.sign(_as_it_happens(session, link, signing, at), selection, at=at, seen_as=seen_as)
    session.add(signature)
    link.expires_at = max(link.expires_at, at + AFTER_SIGNING)
    session.flush()  # the signature gets its id, which the event carries
    quote.record(
        QuoteSigned(
            quote_id=quote.id,
            version_id=signature.version_id,
            opportunity_id=quote.opportunity_id,
            link_id=link.id,
            signature_id=signature.id,
            at=at,
        )
    )
    return signature


def _as_it_happens(session: Session, link: ClientLink, signing: Signing, at: datetime) -> Signing:
    """In person, and where, only while one of ours holds the page out: its address may be opened elsewhere later."""
    if link.channel is not Channel.IN_PERSON:
        return signing
    if lender_of(session, link.id, at=at) is None:
        return replace(signing, channel=Channel.COPIED)
    return replace(signing, venue=link.venue, place=link.place)
