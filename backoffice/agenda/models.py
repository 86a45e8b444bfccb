"""What somebody is to do for a deal, and when."""

import enum
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backoffice import clock
from backoffice.db import Base, Id, Key, Revised, stored_by_value
from backoffice.errors import IllegalMove
from backoffice.events import RecordsEvents
from backoffice.opportunities.models import Opportunity
from backoffice.staff.models import StaffMember

LONGEST_TITLE = 160


class TaskKind(enum.StrEnum):
    TASK = "task"
    APPOINTMENT = "appointment"


class Task(Base, RecordsEvents, Revised):
    """A task is due on a day; an appointment begins at a moment and lasts ``minutes``.

    ``due_on`` is the day in the seller's zone, of an appointment too. ``created_by_id``: None when it made itself.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        sa.CheckConstraint(
            "(kind = 'task' AND starts_at IS NULL AND minutes IS NULL)"
            " OR (kind = 'appointment' AND starts_at IS NOT NULL AND minutes BETWEEN 5 AND 1440)",
            "appointment_has_a_time",
        ),
        sa.CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", "done_by_somebody"),
        sa.Index(
            "ix_tasks_open",
            "assignee_id",
            "due_on",
            "id",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        ),
        sa.Index(  # of everybody, as managers see them
            "ix_tasks_due",
            "due_on",
            "id",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    kind: Mapped[TaskKind] = mapped_column(stored_by_value(TaskKind))
    title: Mapped[str] = mapped_column(sa.String(LONGEST_TITLE))
    notes: Mapped[str] = mapped_column(default="")
    opportunity_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("opportunities.id", ondelete="RESTRICT"), index=True
    )
    assignee_id: Mapped[Id] = mapped_column(
        sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True
    )
    due_on: Mapped[date]
    starts_at: Mapped[datetime | None]
    minutes: Mapped[int | None]
    created_by_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True
    )
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[Id | None] = mapped_column(
        sa.ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True
    )
    revision: Mapped[int] = mapped_column()

    opportunity: Mapped[Opportunity] = relationship(lazy="raise_on_sql")
    assignee: Mapped[StaffMember] = relationship(lazy="raise_on_sql", foreign_keys=[assignee_id])

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy reads it once

    @property
    def is_appointment(self) -> bool:
        return self.kind is TaskKind.APPOINTMENT

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    @property
    def ends_at(self) -> datetime | None:
        return None if self.starts_at is None else self.starts_at + timedelta(minutes=self.minutes or 0)

    def is_late(self, at: datetime, zone: str) -> bool:
        """A task after its day, an appointment after its end; never what is done."""
        if self.is_done:
            return False
        return self.due_on < clock.day_of(at, zone) if self.ends_at is None else self.ends_at <= at

    def finish(self, *, by: int, at: datetime) -> None:
        """Raises IllegalMove when it is done already."""
        if self.is_done:
            raise IllegalMove(task=self.id)
        self.done_at, self.done_by_id = at, by

    def reopen(self) -> None:
        """Raises IllegalMove when it is not done."""
        if not self.is_done:
            raise IllegalMove(task=self.id)
        self.done_at = self.done_by_id = None
