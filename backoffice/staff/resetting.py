"""A forgotten password: a mail is asked for, and its link sets a new one."""

import hmac
from collections.abc import Sequence
from datetime import datetime

from backoffice.notifications.account_mails import reset_mail
from backoffice.staff import accounts
from backoffice.staff.models import AccountAct, StaffMember
from backoffice.staff.refusals import ResetLinkClosed, TooManyAttempts
from backoffice.staff.throttle import Guard
from backoffice.staff.tokens import bound_to
from backoffice.work import unit_of_work


def ask(*, email: str, language: str, guards: Sequence[Guard], at: datetime) -> None:
    """The same work for every address: whose it is, is looked up when the mail leaves.

    Above the address's limit: no further mail, and nothing that would tell. Above the sender's: raises TooManyAttempts.
    """
    account, *senders = guards
    with unit_of_work() as session:
        asked = account.count_failure(session, at=at)
        from_here = [(each, each.count_failure(session, at=at)) for each in senders]
        over = any(count > each.limit.failures for each, count in from_here)
        if asked <= account.limit.failures and not over:
            session.add(reset_mail(email=email, language=language, at=at))
    if over:
        raise TooManyAttempts(until=at + senders[0].limit.window, at=at)


def reset(*, member_id: int, bound: str, password: str, sign_in_guard: Guard, at: datetime) -> StaffMember:
    """``password`` is its hash; every session ends. Raises ResetLinkClosed for a used link or a closed account."""
    with unit_of_work() as session:
        member = accounts.account_to_act_on(session, member_id)
        if not member.is_active or not hmac.compare_digest(bound_to(member), bound):
            raise ResetLinkClosed
        accounts.set_password(session, member, password, act=AccountAct.PASSWORD_RESET, by=None, at=at)
        sign_in_guard.forget(session)
        return member
