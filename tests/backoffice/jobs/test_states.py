"""The life of a job, move by move."""

from itertools import product

import pytest

from backoffice import clock
from backoffice.errors import IllegalMove
from backoffice.jobs.models import MOVES, Job, JobState

Q, R, D, F, C = JobState
ALLOWED = {(Q, R), (Q, C), (R, Q), (R, R), (R, D), (R, F), (R, C)}


@pytest.mark.parametrize(("before", "after"), list(product(JobState, JobState)))
def test_every_move_is_in_the_table_or_refused(before: JobState, after: JobState) -> None:
    at = clock.now()
    job = Job(state=before)
    if (before, after) in ALLOWED:
        job.move_to(after, at=at)
        assert (job.state, job.ended_at) == (after, at if after in {D, F, C} else None)
    else:
        with pytest.raises(IllegalMove):
            job.move_to(after, at=at)
        assert job.state is before


def test_what_is_over_stays_over() -> None:
    assert {state for state in JobState if not MOVES[state]} == {D, F, C}
