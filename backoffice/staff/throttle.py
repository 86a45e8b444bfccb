"""Counters in a table that slow down the guessing of a secret, over all processes and machines.

Only failures count. A counter runs in windows: it begins with a first failure and is forgotten
when its window is over; from the limit on, nothing is tried until then.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backoffice.staff.models import FailureCounter


@dataclass(frozen=True, kw_only=True)
class Limit:
    """From ``failures`` within ``window`` on, the subject of ``purpose`` has to wait."""

    purpose: str
    failures: int
    window: timedelta


PER_ACCOUNT = Limit(purpose="sign_in_account", failures=5, window=timedelta(minutes=15))
PER_ADDRESS = Limit(purpose="sign_in_address", failures=30, window=timedelta(minutes=15))
PER_LENT_BROWSER = Limit(purpose="take_back", failures=5, window=timedelta(minutes=15))
"""By account, not by browser: a second tablet gives no second series of guesses."""
STEP_PER_ACCOUNT = Limit(purpose="code_account", failures=5, window=timedelta(minutes=15))
STEP_PER_DAY = Limit(purpose="code_day", failures=20, window=timedelta(days=1))
"""Only who knows the password gets as far: with three codes right at a time, one in 16,000 days of guessing."""
PRESENT_PASSWORD = Limit(purpose="present_password", failures=5, window=timedelta(minutes=15))
RESETS_PER_ACCOUNT = Limit(purpose="reset_account", failures=3, window=timedelta(hours=1))
RESETS_PER_ADDRESS = Limit(purpose="reset_address", failures=20, window=timedelta(hours=1))
LONGEST_WINDOW = timedelta(days=1)
CLOCKS_DIFFER = timedelta(minutes=1)
"""How far ahead a counter may begin: another machine's clock, or a request that came first and is counted last."""


@dataclass(frozen=True)
class Guard:
    """One counter: a limit and the subject it is kept for."""

    limit: Limit
    subject: str

    def blocked_until(self, session: Session, *, at: datetime) -> datetime | None:
        """When trying may go on; None when it may now."""
        counter = FailureCounter
        since = session.scalar(
            sa.select(counter.since).where(
                counter.purpose == self.limit.purpose,
                counter.subject == self.subject,
                counter.failures >= self.limit.failures,
                sa.not_(self._is_over(at)),
            )
        )
        return None if since is None else since + self.limit.window

    def count_failure(self, session: Session, *, at: datetime) -> int:
        """Failures of this window, this one included. One statement, so that racing processes all count."""
        counter = FailureCounter
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        over = self._is_over(at)
        statement = (
            insert(counter)
            .values(purpose=self.limit.purpose, subject=self.subject, failures=1, since=at)
            .on_conflict_do_update(
                index_elements=[counter.purpose, counter.subject],
                set_={
                    "failures": sa.case((over, 1), else_=counter.failures + 1),
                    "since": sa.case((over, at), else_=counter.since),
                },
            )
            .returning(counter.failures)
        )
        return session.execute(statement).scalar_one()

    def _is_over(self, at: datetime) -> sa.ColumnElement[bool]:
        """True of a counter whose window has passed, or that was begun by a clock that was ahead."""
        since = FailureCounter.since
        return sa.or_(since <= at - self.limit.window, since > at + CLOCKS_DIFFER)

    def forget(self, session: Session) -> None:
        """The secret was known: start from nothing."""
        counter = FailureCounter
        session.execute(
            sa.delete(counter).where(counter.purpose == self.limit.purpose, counter.subject == self.subject)
        )


def guard(limit: Limit, value: str, *, key: str) -> Guard:
    """The counter of ``value``, stored as an HMAC only: the table names neither people nor machines."""
    named = f"{limit.purpose}\0{value}".encode()
    return Guard(limit, hmac.new(key.encode(), named, hashlib.sha256).hexdigest())


def sign_in_guards(email: str, address: str | None, *, key: str) -> tuple[Guard, ...]:
    """The account's counter, and the sender's when known. Always in this order, so that locks never cross."""
    account = guard(PER_ACCOUNT, email, key=key)
    if address is None:
        return (account,)
    return (account, guard(PER_ADDRESS, network_of(address), key=key))


def take_back_guards(member: int, address: str | None, *, key: str) -> tuple[Guard, ...]:
    """As for signing in, but that a client who plays with the lock page keeps nobody from signing in elsewhere."""
    account = guard(PER_LENT_BROWSER, str(member), key=key)
    if address is None:
        return (account,)
    return (account, guard(PER_ADDRESS, network_of(address), key=key))


def code_guards(account: str, *, key: str) -> tuple[Guard, ...]:
    """Of the second step. ``account`` is the person's key: the password is known, the sender matters no more."""
    return (guard(STEP_PER_ACCOUNT, account, key=key), guard(STEP_PER_DAY, account, key=key))


def present_password_guards(member_id: int, *, key: str) -> tuple[Guard, ...]:
    return (guard(PRESENT_PASSWORD, str(member_id), key=key),)


def reset_guards(email: str, address: str | None, *, key: str) -> tuple[Guard, ...]:
    """How often a mail is asked for, whether or not anybody has the address; the sender's counter last."""
    account = guard(RESETS_PER_ACCOUNT, email, key=key)
    if address is None:
        return (account,)
    return (account, guard(RESETS_PER_ADDRESS, network_of(address), key=key))


def network_of(address: str) -> str:
    """What one sender controls: an IPv4 address, or an IPv6 /64; IPv4 written as IPv6 is IPv4."""
    try:
        number = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(number, ipaddress.IPv4Address):
        return str(number)
    if number.ipv4_mapped is not None:
        return str(number.ipv4_mapped)
    return str(ipaddress.ip_network((number, 64), strict=False))


def blocked_until(session: Session, guards: Sequence[Guard], *, at: datetime) -> datetime | None:
    """The latest moment that any of the guards names."""
    return max((until for each in guards if (until := each.blocked_until(session, at=at))), default=None)


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete counters whose window is long over, and those begun by a clock that was ahead; for the daily tidying."""
    since = FailureCounter.since
    session.execute(
        sa.delete(FailureCounter).where(sa.or_(since < at - LONGEST_WINDOW, since > at + CLOCKS_DIFFER))
    )
