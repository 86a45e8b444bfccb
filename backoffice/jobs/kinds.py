"""What a kind of long work says of itself; ``jobs.registry`` lists them all."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from backoffice.access import Permission
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
    """A file to be downloaded when the job is done. ``data`` is archived for good."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, kw_only=True)
class PassingResult:
    """The same, of a file that the steps have written with ``archive.passing`` under ``passing_name`` of the job."""

    name: str
    media_type: str


Steps = Generator[Step, None, Result | PassingResult | None]


class NotYet(Exception):
    """Raised between two steps: something that the work needs is on its way. The job is taken up again in a moment.

    ``sentence`` tells the reader meanwhile, in the job's language. The steps bound how long they wait.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, kw_only=True)
class Way:
    """Where a page leads: an endpoint with its arguments, and what the link says."""

    label: str
    endpoint: str
    arguments: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of long work.

    ``title``: what it is called, from its facts, in the reader's language. ``steps``: the work, from ``job.done``
    on; what it returns is the result. The code between the steps runs outside of any transaction, and again
    when a worker was killed, so it changes nothing. A Refusal that it raises ends the job with its sentence.
    ``onward``: endpoint, with the argument ``job_id``, of the page that follows when it is done.
    ``permission``: what one still needs to see the job and its result. ``remarks``: sentences about what was done.
    ``origin``: where such a job is started.
    """

    title: Callable[[Facts], str]
    steps: Callable[[Job, Archive], Steps]
    onward: str | None = None
    permission: Permission = Permission.ENTER
    remarks: Callable[[Facts], Sequence[str]] = lambda _facts: ()
    origin: Callable[[Facts], Way | None] = lambda _facts: None


def passing_name(job: Job) -> str:
    """Another for each worker that takes the job: one that was only slow must not write over what the next has made."""
    return f"job-{job.id}-{job.attempts}"
