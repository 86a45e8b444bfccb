"""A deal's timeline in the reader's words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.language import nearday
from backoffice.opportunities.models import Phase
from backoffice.staff.models import StaffMember
from backoffice.timeline.models import EntryKind, TimelineEntry

SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Told:
    """An entry as shown. ``when``: the hour today, else the day; ``by``: who of ours did it, or empty."""

    at: datetime
    when: str
    sentence: str
    by: str


def told(session: Session, opportunity_id: int, language: str, *, timezone: str, now: datetime) -> list[Told]:
    """The newest entries of a deal, newest first, from two statements."""
    rows = session.execute(
        sa.select(TimelineEntry, StaffMember.name)
        .outerjoin(StaffMember, StaffMember.id == TimelineEntry.staff_id)
        .where(TimelineEntry.opportunity_id == opportunity_id)
        .order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
        .limit(SHOWN)
    ).all()
    phases = _phase_names(session, language) if rows else {}
    return [
        Told(
            at=entry.at,
            when=_when(entry.at, now, timezone),
            sentence=sentence_of(entry.kind, entry.facts, phases),
            by=name or "",
        )
        for entry, name in rows
    ]


def _when(at: datetime, now: datetime, timezone: str) -> str:
    local, today = at.astimezone(ZoneInfo(timezone)), clock.day_of(now, timezone)
    if local.date() == today:
        return gettext("%(hour)s:%(minute)s", hour=f"{local.hour}", minute=f"{local.minute:02d}")
    return nearday(local.date(), today)


def _phase_names(session: Session, language: str) -> Mapping[int, str]:
    return {phase.id: phase.name.text(language) for phase in session.scalars(sa.select(Phase))}


def sentence_of(kind: EntryKind, facts: Mapping[str, Any], phases: Mapping[int, str]) -> str:
    """What happened. ``phases``: names by id, in the reader's language."""
    return SENTENCES[kind](facts, phases)


def _sent(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    if facts["mailed"]:
        return gettext(
            "Version %(version)s sent by e-mail to %(name)s", version=facts["version"], name=facts["to"]
        )
    return gettext(
        "Link to version %(version)s created for %(name)s", version=facts["version"], name=facts["to"]
    )


def _signed(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("%(name)s signed version %(version)s", name=facts["by"], version=facts["version"])


def _ordered(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Order %(number)s placed", number=facts["number"])


def _moved(facts: Mapping[str, Any], phases: Mapping[int, str]) -> str:
    return gettext("Moved to “%(phase)s”", phase=phases.get(facts["to"], "…"))


def _drafted(_facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Invoice drafted")


def _issued(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Invoice %(number)s issued", number=facts["number"])


SENTENCES: Mapping[EntryKind, Callable[[Mapping[str, Any], Mapping[int, str]], str]] = {
    EntryKind.QUOTE_SENT: _sent,
    EntryKind.QUOTE_SIGNED: _signed,
    EntryKind.ORDER_PLACED: _ordered,
    EntryKind.PHASE_MOVED: _moved,
    EntryKind.INVOICE_DRAFTED: _drafted,
    EntryKind.INVOICE_ISSUED: _issued,
}
