"""The states of a quote's version and the only moves between them."""

import enum
from collections.abc import Mapping

from backoffice.errors import IllegalMove


class VersionState(enum.StrEnum):
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    DECLINED = "declined"
    DROPPED = "dropped"
    SENT = "sent"
    CHANGES_REQUESTED = "changes_requested"
    SIGNED = "signed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    VOIDED = "voided"


S = VersionState
LIVE = (S.SENT, S.CHANGES_REQUESTED)
"""A version that the client can still answer."""

AGREED = (S.SIGNED, S.ACCEPTED)
"""What binds both: signed on the client's page, or accepted otherwise (on paper, by telephone …) and recorded."""

UNSENT = (S.AWAITING_APPROVAL, S.APPROVED, S.DECLINED, S.DROPPED)
"""A version that no client has seen."""

BORN = (S.AWAITING_APPROVAL, S.SENT)
"""There is no draft version: the opportunity's lines are the draft."""

MOVES: Mapping[VersionState, frozenset[VersionState]] = {
    S.AWAITING_APPROVAL: frozenset({S.APPROVED, S.DECLINED, S.DROPPED}),
    S.APPROVED: frozenset({S.SENT, S.DROPPED}),
    S.DECLINED: frozenset(),
    S.DROPPED: frozenset(),
    S.SENT: frozenset({S.CHANGES_REQUESTED, *AGREED, S.REFUSED, S.EXPIRED, S.WITHDRAWN, S.SUPERSEDED}),
    S.CHANGES_REQUESTED: frozenset({S.SENT, *AGREED, S.REFUSED, S.EXPIRED, S.WITHDRAWN, S.SUPERSEDED}),
    S.REFUSED: frozenset({S.SUPERSEDED}),
    S.EXPIRED: frozenset({S.ACCEPTED, S.SUPERSEDED}),  # a yes that came in time and is recorded later
    S.WITHDRAWN: frozenset({S.SUPERSEDED}),
    S.SUPERSEDED: frozenset(),
    S.SIGNED: frozenset({S.VOIDED}),
    S.ACCEPTED: frozenset({S.VOIDED}),
    S.VOIDED: frozenset(),
}


def checked_move(current: VersionState, target: VersionState) -> VersionState:
    """``target`` when the table lists the move; raises IllegalMove otherwise."""
    if target not in MOVES[current]:
        raise IllegalMove(current=current.value, target=target.value)
    return target
