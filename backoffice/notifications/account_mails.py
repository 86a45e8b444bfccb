"""Mails about accounts: rows without a deal, so that no list of the back office shows them.

Their one address is derived when they leave, and so is, for a forgotten password, whose they are.

Facts: ``seller`` (name), ``act`` and what the act says of itself, ``by`` (name), ``at``; of an invitation
``invitation_id`` and ``rep``, who invites.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.invitations.events import InvitationSent
from backoffice.invitations.models import Invitation
from backoffice.invitations.tokens import invitation_address
from backoffice.notifications.mails import new_message_id
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.notifications.queueing import domain_of
from backoffice.quotes.content import moment_text
from backoffice.seller.models import ONLY, Seller
from backoffice.staff.events import AccountChanged
from backoffice.staff.models import AccountAct, StaffMember
from backoffice.staff.tokens import reset_token

KINDS = frozenset({MailKind.STAFF_INVITATION, MailKind.PASSWORD_RESET, MailKind.ACCOUNT_CHANGED})
TOLD = frozenset(
    {
        AccountAct.ROLE_CHANGED,
        AccountAct.PASSWORD_CHANGED,
        AccountAct.PASSWORD_RESET,
        AccountAct.SECOND_FACTOR_ON,
        AccountAct.SECOND_FACTOR_OFF,
        AccountAct.SECOND_FACTOR_TAKEN_OFF,
        AccountAct.RECOVERY_CODES_RENEWED,
        AccountAct.RECOVERY_CODE_USED,
    }
)
"""What a thief would do, and the owner must hear of."""


def invite_colleague(event: InvitationSent, session: Session) -> None:
    """The mail with the link to a first password."""
    invitation = session.get_one(Invitation, event.invitation_id)
    host = session.get_one(StaffMember, event.by)
    facts = {
        "invitation_id": invitation.id,
        "rep": {"name": host.name, "phone": host.phone, "email": host.email},
        "role": invitation.role.value,
        "until": moment_text(invitation.expires_at),
        "seller": _seller_name(session),
    }
    mail = _mail(MailKind.STAFF_INVITATION, invitation.email, invitation.language, facts, at=event.at)
    mail.recipient_name, mail.reply_to = invitation.name, host.email
    mail.message_id = new_message_id(domain_of(host.email))
    mail.cause = f"invitation:{invitation.id}:{moment_text(event.at)}:{secrets.token_hex(4)}"
    session.add(mail)


def tell_account_holder(event: AccountChanged, session: Session) -> None:
    """So that nobody changes an account behind its owner's back."""
    if event.act not in TOLD:
        return
    member = session.get_one(StaffMember, event.staff_id)
    actor = session.get_one(StaffMember, event.by).name if event.by not in {None, member.id} else ""
    facts = {
        **event.facts,
        "act": event.act.value,
        "by": actor,
        "at": moment_text(event.at),
        "seller": _seller_name(session),
    }
    mail = _mail(MailKind.ACCOUNT_CHANGED, member.email, member.language, facts, at=event.at)
    mail.recipient_name = member.name
    session.add(mail)


def reset_mail(*, email: str, language: str, at: datetime) -> OutgoingMail:
    """To whoever has the address, if anybody has."""
    return _mail(MailKind.PASSWORD_RESET, email, language, {}, at=at)


def address_in_account_mail(
    session: Session, mail: OutgoingMail, keys: Sequence[str], public_url: str, at: datetime
) -> str | None:
    """The one address of an account mail, derived as it leaves; None when it leads nowhere any more.

    A forgotten password: the mail gets its owner's name and language; without an owner the row is deleted.
    """
    if mail.kind is MailKind.STAFF_INVITATION:
        invitation = session.get_one(Invitation, mail.facts["invitation_id"])
        return invitation_address(keys, public_url, invitation.nonce) if invitation.is_open(at) else None
    if mail.kind is MailKind.ACCOUNT_CHANGED:
        return f"{public_url}/account"
    member = session.scalar(sa.select(StaffMember).where(StaffMember.email == mail.recipient_email))
    if member is None or not member.is_active:
        session.delete(mail)
        return None
    mail.recipient_name, mail.language = member.name, member.language
    mail.facts = {"seller": _seller_name(session)}
    return f"{public_url}/reset/{reset_token(member, keys)}"


def _mail(kind: MailKind, email: str, language: str, facts: dict[str, Any], *, at: datetime) -> OutgoingMail:
    return OutgoingMail(
        message_id=new_message_id(domain_of(email)),
        kind=kind,
        cause=f"{kind.value}:{secrets.token_hex(12)}",
        language=language,
        recipient_name="",
        recipient_email=email,
        facts=facts,
        created_at=at,
        available_at=at,
    )


def _seller_name(session: Session) -> str:
    seller = session.get(Seller, ONLY)
    return seller.shown_name if seller else "Accord"
