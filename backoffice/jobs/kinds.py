"""What a kind of long work says of itself; ``jobs.registry`` lists them all."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from backoffice.documents.archive import Archive
from backoffice.jobs.models import Job

Facts = dict[str, Any]


def nothing(_session: Session, _facts: Facts) -> None:
    """The act of a step that only tells that its worker is alive, or how much there is to do."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A chunk. ``act`` runs inside the unit of work that also writes ``done`` and ``total`` (None: unchanged).

    It gets a copy of the job's facts, and what it changes there is stored with them. Well under a second, for it
    holds locks; between two steps, where slow work belongs, no more than half a lease.
    """

    done: int
    total: int | None = None
    act: Callable[[Session, Facts], None] = nothing


@dataclass(frozen=True, kw_only=True)
class Result:
    """A file to be downloaded when the job is done."""

    name: str
    media_type: str
    data: bytes


Steps = Generator[Step, None, Result | None]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of long work.

    ``title``: what it is called, from its facts, in the reader's language. ``steps``: the work, from ``job.done``
    on; what it returns is the result. The code between the steps runs outside of any transaction, and again
    when a worker was killed, so it changes nothing. A Refusal that it raises ends the job with its sentence.
    ``onward``: endpoint, with the argument ``job_id``, of the page that follows when it is done.
    """

    title: Callable[[Facts], str]
    steps: Callable[[Job, Archive], Steps]
    onward: str | None = None
