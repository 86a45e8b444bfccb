"""Files of a deal: added, hidden, shown again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.errors import NotFound
from backoffice.files.events import FileAct, FileTouched
from backoffice.files.models import StoredFile
from backoffice.files.uploads import Upload
from backoffice.opportunities.models import Opportunity
from backoffice.opportunities.queries import Visible
from backoffice.staff.models import StaffMember


@dataclass(frozen=True)
class Kept:
    """An upload whose bytes are in the archive under ``sha256``."""

    upload: Upload
    sha256: str


@dataclass(frozen=True)
class ListedFile:
    file: StoredFile
    added_by: str


def add_files(
    session: Session, deal: Opportunity, kept: Sequence[Kept], *, by: int, at: datetime
) -> list[StoredFile]:
    """A row for each, in their order; flushed."""
    files = stored(deal.id, kept, by=by, at=at)
    session.add_all(files)
    session.flush()  # the events carry the ids
    for file in files:
        deal.record(_touched(file, FileAct.ADDED, by, at))
    return files


def stored(opportunity_id: int, kept: Sequence[Kept], *, by: int, at: datetime) -> list[StoredFile]:
    """A row for each, in their order, not added yet."""
    return [
        StoredFile(
            opportunity_id=opportunity_id,
            name=each.upload.name,
            media_type=each.upload.media_type,
            size=each.upload.size,
            sha256=each.sha256,
            added_by_id=by,
            added_at=at,
        )
        for each in kept
    ]


def archive_file(deal: Opportunity, file: StoredFile, *, by: int, at: datetime) -> None:
    """Raises IllegalMove when it is hidden already."""
    file.archive(by=by, at=at)
    deal.record(_touched(file, FileAct.ARCHIVED, by, at))


def restore_file(deal: Opportunity, file: StoredFile, *, by: int, at: datetime) -> None:
    """Raises IllegalMove when it is not hidden."""
    file.restore()
    deal.record(_touched(file, FileAct.RESTORED, by, at))


def files_of(session: Session, opportunity_id: int) -> Sequence[ListedFile]:
    """The newest first, hidden ones last."""
    rows = session.execute(
        sa.select(StoredFile, StaffMember.name)
        .join(StaffMember, StaffMember.id == StoredFile.added_by_id)
        .where(StoredFile.opportunity_id == opportunity_id)
        .order_by(StoredFile.archived_at.is_not(None), StoredFile.id.desc())
    )
    return [ListedFile(file, name) for file, name in rows]


def file_shown(session: Session, file_id: int, visible: Visible) -> StoredFile:
    """Hidden ones too: who has the address may still read it. Raises NotFound for a foreign one."""
    file = session.scalar(
        sa.select(StoredFile)
        .join(Opportunity, Opportunity.id == StoredFile.opportunity_id)
        .where(StoredFile.id == file_id, Opportunity.archived_at.is_(None), visible)
    )
    if file is None:
        raise NotFound(file=file_id)
    return file


def file_to_act_on(session: Session, file_id: int, opportunity_id: int) -> StoredFile:
    """Locked; the deal was found first. Raises NotFound for a file of another deal."""
    file = session.scalar(
        sa.select(StoredFile)
        .where(StoredFile.id == file_id, StoredFile.opportunity_id == opportunity_id)
        .with_for_update()
    )
    if file is None:
        raise NotFound(file=file_id)
    return file


def _touched(file: StoredFile, act: FileAct, by: int, at: datetime) -> FileTouched:
    return FileTouched(
        opportunity_id=file.opportunity_id, file_id=file.id, name=file.name, act=act, by=by, at=at
    )
