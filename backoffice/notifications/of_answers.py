"""Mails and notices owed because a client answered otherwise than by signing, or did not answer at all."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.answers.events import (
    ChangesRequested,
    OfVersion,
    QuoteLapsed,
    QuoteRefused,
    QuoteWithdrawn,
    RenewalAsked,
    RequestAnswered,
)
from backoffice.answers.models import ChangeRequest, Refusal, RenewalWish, RequestReply, Withdrawal
from backoffice.clients.models import Client
from backoffice.links.models import ClientLink
from backoffice.notices.models import NoticeKind
from backoffice.notices.telling import News, tell
from backoffice.notifications.models import MailKind
from backoffice.notifications.queueing import Person, common_facts, mail_about
from backoffice.opportunities.models import Opportunity
from backoffice.quotes.models import QuoteVersion


def tell_rep_of_request(event: ChangesRequested, session: Session) -> None:
    request = session.get_one(ChangeRequest, event.request_id)
    facts = {"said_by": request.name, "words": request.text}
    _tell_rep(
        event, session, NoticeKind.CHANGES_REQUESTED, facts, f"request:{request.id}", answer=request.email
    )


def confirm_request(event: ChangesRequested, session: Session) -> None:
    request = session.get_one(ChangeRequest, event.request_id)
    to = Person(request.name, request.email, request.language)
    facts = {"words": request.text}
    _mail_client(
        event,
        session,
        MailKind.CHANGES_REQUESTED_CLIENT,
        to,
        facts,
        cause=f"request:{request.id}",
        link_id=request.link_id,
    )


def send_reply(event: RequestAnswered, session: Session) -> None:
    """To everybody whose request it answers, once each."""
    reply = session.get_one(RequestReply, event.reply_id)
    before = (
        sa.select(sa.func.coalesce(sa.func.max(RequestReply.request_id), 0))
        .where(RequestReply.version_id == event.version_id, RequestReply.request_id < reply.request_id)
        .scalar_subquery()
    )
    requests = session.scalars(
        sa.select(ChangeRequest)
        .where(
            ChangeRequest.version_id == event.version_id,
            ChangeRequest.id > before,
            ChangeRequest.id <= reply.request_id,
        )
        .order_by(ChangeRequest.id)
    )
    for request in {each.email.casefold(): each for each in requests}.values():
        to = Person(request.name, request.email, request.language)
        facts = {"words": request.text, "reply": reply.text}
        _mail_client(
            event,
            session,
            MailKind.REQUEST_ANSWERED,
            to,
            facts,
            cause=f"reply:{reply.id}",
            link_id=request.link_id,
        )


def tell_rep_of_refusal(event: QuoteRefused, session: Session) -> None:
    """Not of one that the rep recorded."""
    refusal = session.get_one(Refusal, event.refusal_id)
    facts = {"said_by": refusal.name, "reason": refusal.reason.as_content(), "words": refusal.text}
    owner_id = session.get_one(Opportunity, event.opportunity_id).owner_id
    if event.by == owner_id:
        return
    _tell_rep(event, session, NoticeKind.QUOTE_REFUSED, facts, f"refusal:{refusal.id}", answer=refusal.email)


def confirm_refusal(event: QuoteRefused, session: Session) -> None:
    """To who refused on the page; what was said by telephone was said to somebody."""
    refusal = session.get_one(Refusal, event.refusal_id)
    if refusal.link_id is None:
        return
    to = Person(refusal.name, refusal.email, refusal.language)
    facts = {"reason": refusal.reason.as_content(), "words": refusal.text}
    cause = f"refusal:{refusal.id}"
    _mail_client(
        event, session, MailKind.QUOTE_REFUSED_CLIENT, to, facts, cause=cause, link_id=refusal.link_id
    )


def tell_client_of_withdrawal(event: QuoteWithdrawn, session: Session) -> None:
    """To everybody who has a link that opens, once each."""
    withdrawal = session.get_one(Withdrawal, event.withdrawal_id)
    links = session.scalars(
        sa.select(ClientLink)
        .where(ClientLink.quote_id == event.quote_id, ClientLink.revoked_at.is_(None))
        .order_by(ClientLink.id)
    )
    for link in {each.email.casefold(): each for each in links}.values():
        to = Person(link.name, link.email, link.language)
        facts = {"words": withdrawal.text}
        cause = f"withdrawal:{withdrawal.id}"
        _mail_client(event, session, MailKind.QUOTE_WITHDRAWN, to, facts, cause=cause, link_id=link.id)


def tell_rep_of_expiry(event: QuoteLapsed, session: Session) -> None:
    _tell_rep(event, session, NoticeKind.QUOTE_EXPIRED, {}, f"expiry:{event.version_id}")


def tell_rep_of_wish(event: RenewalAsked, session: Session) -> None:
    wish = session.get_one(RenewalWish, event.wish_id)
    link = session.get_one(ClientLink, wish.link_id)
    facts = {"said_by": link.name}
    _tell_rep(event, session, NoticeKind.RENEWAL_ASKED, facts, f"wish:{wish.id}", answer=link.email)


def _facts(event: OfVersion, session: Session) -> dict[str, Any]:
    content = session.get_one(QuoteVersion, event.version_id).read()
    return common_facts(content) | {"valid_until": content["valid_until"]}


def _tell_rep(
    event: OfVersion,
    session: Session,
    kind: NoticeKind,
    more: dict[str, Any],
    cause: str,
    *,
    answer: str = "",
) -> None:
    """Whoever has the deal. The mail, answered, goes to the client when we know where."""
    deal = session.get_one(Opportunity, event.opportunity_id)
    facts = _facts(event, session) | {"client": session.get_one(Client, deal.client_id).name} | more
    tell(session, deal.owner_id, News(kind, deal.id, facts, event.at, cause, answer))


def _mail_client(
    event: OfVersion,
    session: Session,
    kind: MailKind,
    to: Person,
    more: dict[str, Any],
    *,
    cause: str,
    link_id: int | None,
) -> None:
    """Nobody is written to whose address is not known."""
    if not to.email or link_id is None:
        return
    mail = mail_about(event.opportunity_id, kind, to, _facts(event, session) | more, at=event.at)
    mail.cause = cause
    mail.link_id = link_id
    session.add(mail)
