"""Inviting somebody, and what the invited person makes of it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backoffice.errors import NotFound
from backoffice.invitations.models import Invitation
from backoffice.invitations.refusals import AlreadyInvited
from backoffice.staff import accounts, sessions
from backoffice.staff.addresses import normal
from backoffice.staff.events import AccountChanged
from backoffice.staff.models import AccountAct, Role, StaffMember, StaffSession
from backoffice.work import unit_of_work


def invite(*, email: str, name: str, role: Role, language: str, by: int, at: datetime) -> Invitation:
    """Its mail leaves in a moment. Raises AddressTaken, AlreadyInvited."""
    address = normal(email)
    invitation = Invitation(
        email=address, name=" ".join(name.split()), role=role, language=language, invited_by=by, created_at=at
    )
    try:
        with unit_of_work() as session:
            accounts.refuse_taken(session, address)
            if session.scalar(sa.select(Invitation.id).where(Invitation.email == address, is_pending())):
                raise AlreadyInvited(email=address)
            invitation.sent_at = at
            session.add(invitation)
            session.flush()  # gives the id
            invitation.send(by=by, at=at)
    except IntegrityError as error:
        if "email" not in str(error.orig):
            raise
        raise AlreadyInvited(email=address) from None
    return invitation


def is_pending() -> sa.ColumnElement[bool]:
    """True of invitations that were neither taken up nor withdrawn."""
    return sa.and_(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))


def pending(session: Session) -> list[Invitation]:
    """The newest first."""
    return list(session.scalars(sa.select(Invitation).where(is_pending()).order_by(Invitation.id.desc())))


def invitation_to_act_on(session: Session, invitation_id: int) -> Invitation:
    """Locked. Raises NotFound."""
    found = session.scalar(sa.select(Invitation).where(Invitation.id == invitation_id).with_for_update())
    if found is None:
        raise NotFound(invitation=invitation_id)
    return found


def by_nonce(session: Session, nonce: bytes, *, lock: bool = False) -> Invitation | None:
    """None for one that was sent again since: its nonce is another."""
    query = sa.select(Invitation).where(Invitation.nonce == nonce)
    return session.scalar(query.with_for_update() if lock else query)


def accept(
    *, nonce: bytes, name: str, password: str, user_agent: str, at: datetime
) -> tuple[StaffMember, StaffSession]:
    """The account and its first session; ``password`` is its hash. Raises NotFound, InvitationClosed, AddressTaken."""
    with accounts.taken_addresses_told(""), unit_of_work() as session:
        invitation = by_nonce(session, nonce, lock=True)
        if invitation is None:
            raise NotFound
        invitation.refuse_when_closed(at)
        accounts.refuse_taken(session, invitation.email)
        member = accounts.new_account(
            email=invitation.email,
            name=name,
            role=invitation.role,
            language=invitation.language,
            password=password,
            at=at,
        )
        session.add(member)
        session.flush()  # gives the id
        invitation.accept(staff_id=member.id, at=at)
        member.record(
            AccountChanged(staff_id=member.id, act=AccountAct.JOINED, by=invitation.invited_by, at=at)
        )
        return member, sessions.begin(session, staff_id=member.id, user_agent=user_agent, at=at)
