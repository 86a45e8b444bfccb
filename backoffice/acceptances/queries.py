"""Recorded acceptances with who recorded them and what shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from backoffice.acceptances.models import Acceptance, AcceptanceProof
from backoffice.acceptances.words import sentence_of
from backoffice.errors import NotFound
from backoffice.files.models import StoredFile
from backoffice.opportunities.models import Opportunity
from backoffice.staff.models import StaffMember


@dataclass(frozen=True)
class Proof:
    """``id``: of the AcceptanceProof, by which the file is fetched."""

    id: int
    file: StoredFile


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """``by``: the name of who recorded it."""

    acceptance: Acceptance
    by: str
    proofs: Sequence[Proof]

    def sentence(self, zone: str) -> str:
        return sentence_of(self.acceptance, self.by, zone)


def recorded_of(session: Session, version_id: int) -> Recorded | None:
    """The acceptance of a version, from two statements."""
    row = session.execute(
        sa.select(Acceptance, StaffMember.name)
        .join(StaffMember, StaffMember.id == Acceptance.recorded_by)
        .where(Acceptance.version_id == version_id)
    ).one_or_none()
    if row is None:
        return None
    acceptance, by = row
    return Recorded(acceptance=acceptance, by=by, proofs=proofs_of(session, acceptance.id))


def proofs_of(session: Session, acceptance_id: int) -> Sequence[Proof]:
    rows = session.execute(
        sa.select(AcceptanceProof.id, StoredFile)
        .join(StoredFile, StoredFile.id == AcceptanceProof.file_id)
        .where(AcceptanceProof.acceptance_id == acceptance_id)
        .order_by(AcceptanceProof.position)
    )
    return [Proof(key, file) for key, file in rows]


def proof_shown(session: Session, proof_id: int, visible: ColumnElement[bool]) -> StoredFile:
    """``visible``: condition on Opportunity. Raises NotFound for unknown and foreign alike."""
    file = session.scalar(
        sa.select(StoredFile)
        .join(AcceptanceProof, AcceptanceProof.file_id == StoredFile.id)
        .join(Opportunity, Opportunity.id == StoredFile.opportunity_id)
        .where(AcceptanceProof.id == proof_id, visible)
    )
    if file is None:
        raise NotFound(proof=proof_id)
    return file
