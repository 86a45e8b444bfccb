"""Long work: wanted by somebody, carried out by the worker in chunks, watched on a page of its own."""

import enum
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.db import Base, Id, Key, one_of, stored_by_value
from backoffice.errors import IllegalMove


class JobState(enum.StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


MOVES: dict[JobState, frozenset[JobState]] = {
    # Running again: the worker that was at it is gone. Queued again: put off after an error, or handed back.
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED}),
    JobState.RUNNING: frozenset(JobState),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}
UNDER_WAY = tuple(state.value for state in MOVES if MOVES[state])
OVER = tuple(state.value for state in MOVES if not MOVES[state])


class Job(Base):
    """One piece of long work. ``kind`` is a key of ``jobs.registry.JOBS``; ``facts`` is what that kind keeps.

    A result is kept in the archive, unless ``result_until`` says how long it stays in ``Archive.passing``.

    ``done`` of ``total`` is written in the unit of work of the chunk that it counts, so whoever takes the job up
    again neither repeats nor skips. ``attempts`` counts the workers that took it: the last one owns it.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        sa.CheckConstraint("done >= 0", "done_not_negative"),
        sa.CheckConstraint(f"({one_of('state', OVER)}) = (ended_at IS NOT NULL)", "over_with_time"),
        sa.CheckConstraint("(result_sha256 IS NULL) = (result_name = '')", "result_with_name"),
        sa.Index(
            "ix_jobs_wanted",
            "available_at",
            sqlite_where=sa.text(one_of("state", UNDER_WAY)),
            postgresql_where=sa.text(one_of("state", UNDER_WAY)),
        ),
        sa.Index("ix_jobs_started_by_id", "started_by", "id"),
    )
    outbox: ClassVar[bool] = True

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(sa.String(40))
    state: Mapped[JobState] = mapped_column(stored_by_value(JobState), default=JobState.QUEUED)
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    language: Mapped[str] = mapped_column(sa.String(2), default="fr")  # of who started it
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    input_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    result_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    result_name: Mapped[str] = mapped_column(sa.String(120), default="")
    result_type: Mapped[str] = mapped_column(sa.String(80), default="")
    result_until: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(sa.String(400), default="")
    started_by: Mapped[Id] = mapped_column(sa.ForeignKey("staff_members.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime]
    available_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)  # since it last came forward
    ended_at: Mapped[datetime | None]

    def move_to(self, state: JobState, *, at: datetime) -> None:
        """Raises IllegalMove for what the table does not list."""
        if state not in MOVES[self.state]:
            raise IllegalMove(job=self.id, state=self.state.value, wanted=state.value)
        self.state = state
        self.ended_at = at if state.value in OVER else None

    def cancel(self, *, at: datetime) -> None:
        """The chunk under way is finished first; what was done stays done. Raises IllegalMove when it is over."""
        self.move_to(JobState.CANCELLED, at=at)

    def has_result(self, at: datetime) -> bool:
        """Whether there is a file to fetch, still."""
        return self.result_sha256 is not None and (self.result_until is None or at < self.result_until)

    @property
    def is_over(self) -> bool:
        return self.state.value in OVER


class JobFinding(Base):
    """What a job has to tell of one place of its input, such as a row that could not be imported."""

    __tablename__ = "job_findings"

    job_id: Mapped[Id] = mapped_column(sa.ForeignKey("jobs.id", ondelete="RESTRICT"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
