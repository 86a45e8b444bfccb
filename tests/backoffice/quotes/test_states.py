from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from backoffice.errors import IllegalMove
from backoffice.quotes.models import Quote
from backoffice.quotes.refusals import AlreadyAccepted, AlreadySigned
from backoffice.quotes.states import BORN, LIVE, MOVES, VersionState, checked_move

S = VersionState
ALLOWED = {
    S.AWAITING_APPROVAL: "approved declined dropped",
    S.APPROVED: "sent dropped",
    S.DECLINED: "",
    S.DROPPED: "",
    S.SENT: "changes_requested signed accepted refused expired withdrawn superseded",
    S.CHANGES_REQUESTED: "sent signed accepted refused expired withdrawn superseded",
    S.SIGNED: "voided",
    S.ACCEPTED: "voided",
    S.REFUSED: "superseded",
    S.EXPIRED: "accepted superseded",
    S.WITHDRAWN: "superseded",
    S.SUPERSEDED: "",
    S.VOIDED: "",
}
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_the_table_names_every_state():
    assert set(MOVES) == set(ALLOWED) == set(VersionState)


@pytest.mark.parametrize(("current", "target"), list(product(VersionState, repeat=2)))
def test_a_version_moves_as_the_table_says_and_not_otherwise(current, target):
    if target.value in ALLOWED[current].split():
        assert checked_move(current, target) is target
    else:
        with pytest.raises(IllegalMove):
            checked_move(current, target)


def test_what_can_be_signed_is_live_and_a_version_is_born_sent_or_awaiting_approval():
    assert {state for state in S if "signed" in ALLOWED[state].split()} == set(LIVE)
    assert set(BORN) == {S.SENT, S.AWAITING_APPROVAL}


def a_quote(state: VersionState) -> Quote:
    quote = Quote(number="D-2026-0001", versions=[])
    quote.add_version(
        content=b"{}", internal={}, closes_at=AT + timedelta(days=30), by=1, at=AT
    ).state = state
    return quote


@pytest.mark.parametrize("state", [state for state in S if "superseded" in ALLOWED[state].split()])
def test_a_new_version_supersedes_what_the_client_has(state):
    quote = a_quote(state)
    quote.supersede()
    assert quote.latest.state is S.SUPERSEDED


@pytest.mark.parametrize(("state", "refusal"), [(S.SIGNED, AlreadySigned), (S.ACCEPTED, AlreadyAccepted)])
def test_nothing_supersedes_what_both_are_bound_by(state, refusal):
    with pytest.raises(refusal):
        a_quote(state).supersede()


@pytest.mark.parametrize("state", S)
def test_a_version_is_open_while_it_is_live_and_until_the_end_of_its_last_day(state):
    version = a_quote(state).latest
    assert version.is_open(version.closes_at - timedelta(microseconds=1)) == (state in LIVE)
    assert not version.is_open(version.closes_at)
