"""Tokens of account mails: made when the mail leaves, void once what they are bound to has changed."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from backoffice.staff.models import StaffMember
from backoffice.staff.refusals import ResetLinkClosed

RESET_SALT = (
    "accord.password-reset"  # one salt per purpose: a token made for another purpose opens nothing here
)
SET_UP_SALT = "accord.second-factor"
SET_UP_LASTS = timedelta(minutes=30)
RESET_LASTS = timedelta(hours=1)


def reset_token(member: StaffMember, keys: Sequence[str]) -> str:
    """Bound to the password and the account key: setting a new password voids it and all others."""
    return str(_reset(keys).dumps([member.id, bound_to(member)]))


def read_reset_token(token: str, keys: Sequence[str]) -> tuple[int, str] | None:
    """Whose it is and what it was bound to; None when it is forged. Raises ResetLinkClosed for an old one."""
    try:
        found = _reset(keys).loads(token, max_age=int(RESET_LASTS.total_seconds()))
    except SignatureExpired:
        raise ResetLinkClosed from None
    except BadData:
        return None
    match found:
        case [int(member_id), str(bound)]:
            return member_id, bound
    return None


def bound_to(member: StaffMember) -> str:
    """Changes with every new password; tells nothing of it."""
    return hashlib.sha256(f"{member.fs_uniquifier}\0{member.password}".encode()).hexdigest()[:32]


def sealed(member_id: int, secret: str, keys: Sequence[str]) -> str:
    """A second factor being set up, as the page carries it: for that person, and for half an hour."""
    return str(_set_up(keys).dumps([member_id, secret]))


def unsealed(text: str, member_id: int, keys: Sequence[str]) -> str | None:
    """None for what is forged, somebody else's or too old."""
    try:
        found = _set_up(keys).loads(text, max_age=int(SET_UP_LASTS.total_seconds()))
    except BadData:
        return None
    match found:
        case [int(whose), str(secret)] if whose == member_id:
            return secret
    return None


def _set_up(keys: Sequence[str]) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(list(reversed(keys)), salt=SET_UP_SALT)


def _reset(keys: Sequence[str]) -> URLSafeTimedSerializer:
    # itsdangerous wants the oldest key first and signs with the last.
    return URLSafeTimedSerializer(list(reversed(keys)), salt=RESET_SALT)
