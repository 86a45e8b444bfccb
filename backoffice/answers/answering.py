"""The acts: a client requests changes or refuses, a rep replies or withdraws, a client asks for more time."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.answers.events import (
    ChangesRequested,
    QuoteLapsed,
    QuoteRefused,
    QuoteWithdrawn,
    RenewalAsked,
    RequestAnswered,
)
from backoffice.answers.models import (
    Answering,
    ChangeRequest,
    Refusal,
    RenewalWish,
    RequestReply,
    Withdrawal,
)
from backoffice.answers.queries import latest_request, pending_requests
from backoffice.answers.refusals import EnoughRequests, NotExpired
from backoffice.db import Bilingual
from backoffice.errors import Gone
from backoffice.links.models import ClientLink
from backoffice.quotes.models import Quote
from backoffice.quotes.queries import quote_to_act_on
from backoffice.quotes.states import VersionState
from backoffice.reasons.models import Reason
from backoffice.seller.models import ONLY, Seller

MOST_PENDING = 5
"""Requests of one version that wait at once: whoever has more to say had better talk, and nobody mails
strangers without end by typing their addresses."""


def request_changes(
    session: Session, quote_id: int, answering: Answering, text: str, *, at: datetime, seen_as: str
) -> ChangeRequest:
    """Ask for the live version otherwise; the same form again gives the request that it made.

    ``at`` is the moment the request came in, before any lock; ``seen_as`` the digest of the version read. Raises
    AlreadySigned, QuoteExpired, QuoteClosed, QuoteChanged, EnoughRequests, and Gone for a link revoked meanwhile.
    """
    quote = quote_to_act_on(session, quote_id)
    refuse_dead_link(session, answering, at)
    made = session.scalar(
        sa.select(ChangeRequest).where(
            ChangeRequest.posted_as == answering.posted_as, ChangeRequest.quote_id == quote.id
        )
    )
    if made is not None:
        return made
    version = quote.request_changes(at=at, seen_as=seen_as)
    if len(pending_requests(session, version)) >= MOST_PENDING:
        raise EnoughRequests(quote=quote.number)
    request = ChangeRequest(
        quote_id=quote.id, version_id=version.id, asked_at=at, text=text, **said_by(answering)
    )
    session.add(request)
    session.flush()  # the request gets its id, which the event carries
    quote.record(ChangesRequested(request_id=request.id, at=at, **of(quote, version.id)))
    return request


def refuse_quote(
    session: Session,
    quote_id: int,
    answering: Answering,
    reason: Reason | None,
    text: str,
    *,
    at: datetime,
    seen_as: str,
) -> Refusal:
    """Refuse the live version; raises as ``request_changes``."""
    quote = quote_to_act_on(session, quote_id)
    refuse_dead_link(session, answering, at)
    version = quote.refuse(at=at, seen_as=seen_as)
    refusal = Refusal(
        quote_id=quote.id,
        version_id=version.id,
        refused_at=at,
        reason_id=reason.id if reason is not None else None,
        reason=reason.name if reason is not None else Bilingual(),
        text=text,
        **said_by(answering),
    )
    session.add(refusal)
    session.flush()  # the refusal gets its id, which the event carries
    quote.record(
        QuoteRefused(refusal_id=refusal.id, by=answering.recorded_by, at=at, **of(quote, version.id))
    )
    return refusal


def reply_to_request(
    session: Session, quote_id: int, text: str, *, read: int, by: int, at: datetime
) -> RequestReply:
    """Answer every request that waits; ``read`` is the latest that the rep had read.

    Raises IllegalMove when none waits, NewerRequest when one came meanwhile.
    """
    quote = quote_to_act_on(session, quote_id)
    version = quote.answer_request()
    request = latest_request(session, version, read)
    reply = RequestReply(
        quote_id=quote.id,
        version_id=version.id,
        request_id=request.id,
        replied_at=at,
        replied_by=by,
        text=text,
    )
    session.add(reply)
    session.flush()  # the reply gets its id, which the event carries
    quote.record(RequestAnswered(reply_id=reply.id, by=by, at=at, **of(quote, version.id)))
    return reply


def withdraw_quote(
    session: Session, quote_id: int, text: str, *, seen_as: str, by: int, at: datetime
) -> Withdrawal:
    """Take the live version back. Raises AlreadySigned, QuoteClosed, QuoteChanged."""
    quote = quote_to_act_on(session, quote_id)
    version = quote.withdraw(seen_as=seen_as)
    withdrawal = Withdrawal(
        quote_id=quote.id, version_id=version.id, withdrawn_at=at, withdrawn_by=by, text=text
    )
    session.add(withdrawal)
    session.flush()  # the withdrawal gets its id, which the event carries
    quote.record(QuoteWithdrawn(withdrawal_id=withdrawal.id, by=by, at=at, **of(quote, version.id)))
    return withdrawal


def record_expiry(session: Session, quote_id: int, *, at: datetime) -> bool:
    """Say of a version whose last day is over that it has expired; False when somebody was first."""
    quote = quote_to_act_on(session, quote_id)
    version = quote.lapse(at)
    if version is None:
        return False
    quote.record(QuoteLapsed(at=version.closes_at, **of(quote, version.id)))
    return True


def ask_for_renewal(session: Session, quote_id: int, link_id: int, *, at: datetime) -> RenewalWish:
    """Tell the rep that an expired version is still wanted; the same day again is the same wish.

    Raises NotExpired when there is nothing to renew (any more), and Gone.
    """
    quote = quote_to_act_on(session, quote_id)
    link = session.get_one(ClientLink, link_id)
    if not link.is_open(at):
        raise Gone(link=link.id)
    version = quote.latest
    lapsed = version is not None and (
        version.state is VersionState.EXPIRED or (version.is_live and not version.is_open(at))
    )
    if version is None or not lapsed:
        raise NotExpired(quote=quote.number)
    day = clock.day_of(at, session.get_one(Seller, ONLY).timezone)
    known = session.scalar(
        sa.select(RenewalWish).where(
            RenewalWish.link_id == link_id,
            RenewalWish.version_id == version.id,
            RenewalWish.asked_on == day,
        )
    )
    if known is not None:
        return known
    wish = RenewalWish(quote_id=quote.id, version_id=version.id, link_id=link_id, asked_at=at, asked_on=day)
    session.add(wish)
    session.flush()  # the wish gets its id, which the event carries
    quote.record(RenewalAsked(wish_id=wish.id, at=at, **of(quote, version.id)))
    return wish


def refuse_dead_link(session: Session, answering: Answering, at: datetime) -> None:
    if answering.link_id is not None and not session.get_one(ClientLink, answering.link_id).is_open(at):
        raise Gone(link=answering.link_id)


def of(quote: Quote, version_id: int) -> dict[str, int]:
    """What every event of a version carries."""
    return {"quote_id": quote.id, "version_id": version_id, "opportunity_id": quote.opportunity_id}


def said_by(answering: Answering) -> dict[str, object]:
    """The columns that tell who answered, and from where."""
    return {
        "name": answering.name,
        "email": answering.email,
        "language": answering.language,
        "link_id": answering.link_id,
        "recorded_by": answering.recorded_by,
        "address": answering.address,
        "user_agent": answering.user_agent,
        "posted_as": answering.posted_as,
    }
