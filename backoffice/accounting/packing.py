"""The papers of some days in one ZIP, each PDF by its number, and the table of their lines: long work, in steps.

Nothing is left out in silence. A PDF that is still being made is waited for; one that does not come, or that the
disk has spoiled, is told in the table, in a text beside it, and on the page of the job.
"""

import logging
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from tempfile import TemporaryFile
from typing import IO

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.access import Permission
from backoffice.accounting.papers import BookedPaper, invoices_issued, notes_issued
from backoffice.accounting.span import Span
from backoffice.accounting.sums import NAMED, unmade
from backoffice.accounting.table import Cells, cells, file_name, headings, pieces, rates_of
from backoffice.credit_notes.models import CreditNote
from backoffice.db import db
from backoffice.documents.archive import Archive, ArchiveDamaged, NotArchived
from backoffice.invoices.models import Invoice
from backoffice.jobs.kinds import Facts, Kind, NotYet, PassingResult, Step, Steps, Way, passing_name
from backoffice.jobs.models import UNDER_WAY, Job
from backoffice.jobs.queries import want_job
from backoffice.money import Vat
from backoffice.seller.models import ONLY, Seller
from backoffice.tabular.writing import written

KIND = "papers_zip"
PATIENCE = timedelta(minutes=10)
"""How long PDFs that are being made are waited for; most take seconds."""
TOLD = 100
"""Numbers that a job keeps of papers without a PDF."""
RIGHTS = 0o644

_log = logging.getLogger(__name__)


def want_papers(session: Session, span: Span, *, by: int, language: str, at: datetime) -> Job:
    """The job that packs them: the one that is under way already, when somebody presses twice."""
    queued = session.scalars(
        sa.select(Job).where(Job.started_by == by, Job.kind == KIND, Job.state.in_(UNDER_WAY))
    )
    same = (job for job in queued if Span.read(job.facts) == span)
    return next(same, None) or want_job(session, KIND, span.kept(), by=by, language=language, at=at)


def steps(job: Job, archive: Archive) -> Steps:
    """What was issued before the button was pressed. A file cannot be gone on with: another worker begins anew."""
    span = Span.read(job.facts)
    yield from _until_made(job, span)
    with _reading() as session:
        total = job.total if job.total is not None else _count(session, span, job.created_at)
        rates, today = rates_of(session, span), clock.today(session.get_one(Seller, ONLY).timezone)
    yield Step(done=job.done, total=total)
    with (
        archive.passing.writing(passing_name(job)) as file,
        zipfile.ZipFile(file, "w") as folder,
        TemporaryFile() as table,
    ):
        bag = _Bag(archive, folder, table, rates)
        packed = 0
        for papers in pieces(db.session(), span, today=today, until=job.created_at):
            bag.pack(papers)
            packed += len(papers)
            yield Step(done=max(job.done, packed))  # a bar never goes back
        bag.close(span, today)
        yield Step(done=max(job.done, packed), act=bag.tell)
    return PassingResult(
        name=gettext("accounting-%(span)s.zip", span=span.name), media_type="application/zip"
    )


class _Bag:
    """A ZIP being filled, and its table, which is written beside it meanwhile."""

    def __init__(
        self, archive: Archive, folder: zipfile.ZipFile, table: IO[bytes], rates: Sequence[Vat]
    ) -> None:
        self._archive, self._folder, self._table, self._rates = archive, folder, table, rates
        self._taken: set[str] = set()
        self._unmade: list[str] = []
        self._damaged: list[str] = []
        self._write([headings(rates)], begun=False)

    def pack(self, papers: Sequence[BookedPaper]) -> None:
        self._write([cells(paper, self._rates, file=self._packed(paper)) for paper in papers])

    def close(self, span: Span, today: date) -> None:
        """Put the table in, and a text when something is missing."""
        told = remarks(self._facts())
        if told:
            name = gettext("READ ME.txt")
            self._folder.writestr(_entry(name, today, zipfile.ZIP_DEFLATED), "\r\n\r\n".join(told) + "\r\n")
        self._table.seek(0)
        name = gettext("accounting-%(span)s.csv", span=span.name)
        with self._folder.open(_entry(name, today, zipfile.ZIP_DEFLATED), "w") as entry:
            shutil.copyfileobj(self._table, entry)

    def tell(self, _session: Session, facts: Facts) -> None:
        """Keep with the job what is missing."""
        facts.update(self._facts())

    def _facts(self) -> Facts:
        return {
            "unmade": self._unmade[:TOLD],
            "unmade_count": len(self._unmade),
            "damaged": self._damaged[:TOLD],
            "damaged_count": len(self._damaged),
        }

    def _packed(self, paper: BookedPaper) -> str:
        """The name of the PDF in the ZIP, or why there is none."""
        if paper.sha256 is None:
            self._unmade.append(paper.number)
            return gettext("missing: not made yet")
        try:
            data = self._archive.read(paper.sha256)
        except (NotArchived, ArchiveDamaged):
            _log.exception("the PDF of %s cannot be read from the archive", paper.number)
            self._damaged.append(paper.number)
            return gettext("missing: damaged in the archive")
        name = self._free(file_name(paper.number))
        # A PDF is packed already: it is stored as it is.
        self._folder.writestr(_entry(name, paper.issued_on, zipfile.ZIP_STORED), data)
        return name

    def _free(self, name: str) -> str:
        """Two numbers that differ by a sign that no file may have do not write over each other."""
        stem, count = name.removesuffix(".pdf"), 1
        while name.casefold() in self._taken:
            count += 1
            name = f"{stem} ({count}).pdf"
        self._taken.add(name.casefold())
        return name

    def _write(self, rows: Sequence[Cells], *, begun: bool = True) -> None:
        self._table.writelines(written(rows, begun=begun))


def remarks(facts: Facts) -> list[str]:
    """What is missing in the ZIP, a sentence for each reason."""
    told = []
    if facts.get("unmade_count"):
        told.append(
            ngettext(
                "One PDF could not be made yet and is not in the file: %(names)s. Have the file made again later.",
                "%(num)s PDFs could not be made yet and are not in the file: %(names)s. "
                "Have the file made again later.",
                facts["unmade_count"],
                names=_names(facts["unmade"], facts["unmade_count"]),
            )
        )
    if facts.get("damaged_count"):
        told.append(
            ngettext(
                "One PDF is damaged in the archive and is not in the file: %(names)s. "
                "Tell whoever runs Accord: it can be taken from a backup.",
                "%(num)s PDFs are damaged in the archive and are not in the file: %(names)s. "
                "Tell whoever runs Accord: they can be taken from a backup.",
                facts["damaged_count"],
                names=_names(facts["damaged"], facts["damaged_count"]),
            )
        )
    return told


def kinds() -> dict[str, Kind]:
    """For ``jobs.registry``."""
    return {
        KIND: Kind(
            title=lambda facts: gettext(
                "Invoices and credit notes as ZIP: %(span)s", span=Span.read(facts).words()
            ),
            steps=steps,
            permission=Permission.KEEP_BOOKS,
            remarks=remarks,
            origin=lambda facts: Way(
                label=gettext("Back to the accounting"),
                endpoint="accounting.show",
                arguments=Span.read(facts).arguments(),
            ),
        )
    }


def _until_made(job: Job, span: Span) -> Steps:
    """Nothing when all PDFs are there, or will not come soon. Raises NotYet."""
    now = clock.now()
    with _reading() as session:
        count, numbers = unmade(session, span, until=job.created_at, hopeful=True)
    if not count:
        return None
    since = job.facts.get("waiting_since")
    if since is None:
        since = now.isoformat()
        yield Step(done=job.done, act=lambda _session, facts: facts.update(waiting_since=since))
    if now - datetime.fromisoformat(since) < PATIENCE:
        raise NotYet(
            ngettext(
                "One PDF is still being made: %(names)s.",
                "%(num)s PDFs are still being made: %(names)s.",
                count,
                names=_names(numbers, count),
            )
        )
    return None


@contextmanager
def _reading() -> Iterator[Session]:
    """Between two steps no transaction stays open; the job keeps what was read of it."""
    session = db.session()
    try:
        yield session
    finally:
        session.expunge_all()
        session.rollback()


def _count(session: Session, span: Span, until: datetime) -> int:
    invoices = sa.select(sa.func.count(Invoice.id)).where(invoices_issued(span, until))
    notes = sa.select(sa.func.count(CreditNote.id)).where(notes_issued(span, until))
    return sum(session.scalars(sa.union_all(invoices, notes)))


def _names(numbers: Sequence[str], count: int) -> str:
    """The first few, and that there are more."""
    named = ", ".join(numbers[:NAMED])
    return f"{named}…" if count > NAMED else named


def _entry(name: str, day: date, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
    entry.compress_type, entry.external_attr, entry.create_system = compression, RIGHTS << 16, 3
    return entry
