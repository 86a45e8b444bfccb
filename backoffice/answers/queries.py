"""What was asked and answered about a quote, in the order in which it was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.answers.models import ChangeRequest, Refusal, RequestReply, Withdrawal
from backoffice.answers.refusals import NewerRequest
from backoffice.errors import IllegalMove
from backoffice.quotes.models import QuoteVersion
from backoffice.staff.models import StaffMember

SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request with the version it is about, and the reply that closed it, if one did.

    A reply closes every request before it; it is shown under the last of them.
    """

    request: ChangeRequest
    version: int
    reply: RequestReply | None
    replied_by: str

    @property
    def at(self) -> datetime:
        return self.request.asked_at


def exchanges_of(session: Session, quote_id: int, *, link_id: int | None = None) -> Sequence[Exchange]:
    """The newest hundred, oldest first, from one statement; with ``link_id`` those of whoever has that link.

    A reply under somebody else's later request answers theirs too, and is then shown under their last one.
    """
    rows = session.execute(
        sa.select(ChangeRequest, QuoteVersion.number, RequestReply, StaffMember.name)
        .join(QuoteVersion, QuoteVersion.id == ChangeRequest.version_id)
        .outerjoin(RequestReply, RequestReply.request_id == ChangeRequest.id)
        .outerjoin(StaffMember, StaffMember.id == RequestReply.replied_by)
        .where(ChangeRequest.quote_id == quote_id)
        .order_by(ChangeRequest.id.desc())
        .limit(SHOWN)
    ).all()
    told: list[Exchange] = []
    later: Exchange | None = None  # the nearest later one with a reply, until it is shown
    for request, version, found, name in rows:
        reply: RequestReply | None = found
        here = Exchange(request=request, version=version, reply=reply, replied_by=name or "")
        if link_id is None:
            told.append(here)
            continue
        if reply is not None:
            later = here
        elif later is not None and later.request.version_id != request.version_id:
            later = None
        if request.link_id == link_id:
            told.append(
                Exchange(
                    request=request,
                    version=version,
                    reply=later.reply if later else None,
                    replied_by=later.replied_by if later else "",
                )
            )
            later = None
    return told[::-1]


def pending_requests(session: Session, version: QuoteVersion) -> Sequence[ChangeRequest]:
    """Of a version, those that no reply has closed, oldest first."""
    answered = (
        sa.select(sa.func.max(RequestReply.request_id))
        .where(RequestReply.version_id == version.id)
        .scalar_subquery()
    )
    return session.scalars(
        sa.select(ChangeRequest)
        .where(
            ChangeRequest.version_id == version.id,
            ChangeRequest.id > sa.func.coalesce(answered, 0),
        )
        .order_by(ChangeRequest.id)
    ).all()


def latest_request(session: Session, version: QuoteVersion, read: int) -> ChangeRequest:
    """The last request that waits; ``read`` is the one that the rep had read last. Raises NewerRequest, IllegalMove."""
    pending = pending_requests(session, version)
    if not pending:
        raise IllegalMove(current=version.state.value, target="sent")
    if pending[-1].id != read:
        raise NewerRequest(read=read, stored=pending[-1].id)
    return pending[-1]


def refusal_of(session: Session, version_id: int) -> Refusal | None:
    return session.scalar(sa.select(Refusal).where(Refusal.version_id == version_id))


def withdrawal_of(session: Session, version_id: int) -> Withdrawal | None:
    return session.scalar(sa.select(Withdrawal).where(Withdrawal.version_id == version_id))
