"""A deal's timeline in the reader's words."""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.db import Bilingual
from backoffice.language import current_language, nearmoment
from backoffice.links.models import Venue
from backoffice.links.words import whereabouts
from backoffice.opportunities.models import Phase
from backoffice.staff.models import StaffMember
from backoffice.timeline.answer_sentences import ANSWERS
from backoffice.timeline.billing_sentences import BILLING
from backoffice.timeline.models import EntryKind, TimelineEntry

SHOWN = 100


class History(enum.StrEnum):
    """What of a deal's history is shown."""

    ALL = "all"
    WRITTEN = "written"
    QUOTES = "quotes"
    MOVES = "moves"
    AGENDA = "agenda"
    FILES = "files"


KINDS: Mapping[History, tuple[EntryKind, ...]] = {
    History.WRITTEN: (EntryKind.NOTE, EntryKind.CALL),
    History.AGENDA: (EntryKind.TASK_DONE, EntryKind.APPOINTMENT_MADE),
    History.FILES: (EntryKind.FILE_ADDED, EntryKind.FILE_ARCHIVED, EntryKind.FILE_RESTORED),
    History.MOVES: (
        EntryKind.PHASE_MOVED,
        EntryKind.MOVE_UNDONE,
        EntryKind.OPPORTUNITY_OPENED,
        EntryKind.OPPORTUNITY_LOST,
        EntryKind.OPPORTUNITY_EXPIRED,
        EntryKind.OPPORTUNITY_REOPENED,
        EntryKind.HANDED_OVER,
    ),
}
"""Whatever is in no other group concerns quotes and what came of them."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """An entry as shown. ``when``: the hour today, else the day; ``by``: who of ours did it, or empty.

    ``words``: what somebody wrote, besides the sentence; ``proofs``: {id, name} of files that show it.
    """

    id: int
    at: datetime
    when: str
    sentence: str
    by: str
    words: str
    proofs: Sequence[Mapping[str, Any]]


def told(
    session: Session,
    opportunity_id: int,
    language: str,
    *,
    timezone: str,
    now: datetime,
    only: History = History.ALL,
) -> list[Told]:
    """The newest entries of a deal, newest first, from two statements."""
    rows = session.execute(
        sa.select(TimelineEntry, StaffMember.name)
        .outerjoin(StaffMember, StaffMember.id == TimelineEntry.staff_id)
        .where(TimelineEntry.opportunity_id == opportunity_id, _among(only))
        .order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
        .limit(SHOWN)
    ).all()
    phases = _phase_names(session, language) if rows else {}
    return [
        Told(
            id=entry.id,
            at=entry.at,
            when=nearmoment(entry.at, clock.day_of(now, timezone), timezone),
            sentence=sentence_of(entry.kind, entry.facts, phases),
            by=name or "",
            words=entry.facts.get("words", ""),
            proofs=entry.facts.get("proofs", ()),
        )
        for entry, name in rows
    ]


def _among(only: History) -> sa.ColumnElement[bool]:
    if only is History.ALL:
        return sa.true()
    if only is History.QUOTES:
        others = [kind for kinds in KINDS.values() for kind in kinds]
        return TimelineEntry.kind.not_in(others)
    return TimelineEntry.kind.in_(KINDS[only])


def _phase_names(session: Session, language: str) -> Mapping[int, str]:
    return {phase.id: phase.name.text(language) for phase in session.scalars(sa.select(Phase))}


def sentence_of(kind: EntryKind, facts: Mapping[str, Any], phases: Mapping[int, str]) -> str:
    """What happened. ``phases``: names by id, in the reader's language."""
    return SENTENCES[kind](facts, phases)


def _presented(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext(
        "Version %(version)s presented in person to %(name)s (%(where)s)",
        version=facts["version"],
        name=facts["to"],
        where=_where(facts),
    )


def _where(facts: Mapping[str, Any]) -> str:
    return whereabouts(Venue(facts["venue"]), facts["place"])


def _sent(facts: Mapping[str, Any], phases: Mapping[int, str]) -> str:
    if "venue" in facts:
        return _presented(facts, phases)
    if facts["mailed"]:
        return gettext(
            "Version %(version)s sent by e-mail to %(name)s", version=facts["version"], name=facts["to"]
        )
    return gettext(
        "Link to version %(version)s created for %(name)s", version=facts["version"], name=facts["to"]
    )


def _signed(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    if "venue" in facts:
        return gettext(
            "%(name)s signed version %(version)s in person (%(where)s)",
            name=facts["by"],
            version=facts["version"],
            where=_where(facts),
        )
    return gettext("%(name)s signed version %(version)s", name=facts["by"], version=facts["version"])


def _ordered(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Order %(number)s placed", number=facts["number"])


def _moved(facts: Mapping[str, Any], phases: Mapping[int, str]) -> str:
    return gettext("Moved to “%(phase)s”", phase=phases.get(facts["to"], "…"))


def _handed_over(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Handed over from %(giver)s to %(taker)s", giver=facts["from"], taker=facts["to"])


def _opened(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return (
        gettext("Opportunity duplicated from another")
        if "copied_from" in facts
        else gettext("Opportunity opened")
    )


def _lost(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Lost: %(reason)s", reason=Bilingual(**facts["reason"]).text(current_language()))


def _expired(_facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Given up without an answer")


def _reopened(facts: Mapping[str, Any], phases: Mapping[int, str]) -> str:
    return gettext("Reopened in “%(phase)s”", phase=phases.get(facts["to"], "…"))


def _undone(facts: Mapping[str, Any], phases: Mapping[int, str]) -> str:
    return gettext("Move undone, back to “%(phase)s”", phase=phases.get(facts["to"], "…"))


def _note(_facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Note")


def _call(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Call") if facts["answered"] else gettext("Call, no answer")


def _task_done(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Done: %(task)s", task=facts["title"])


def _appointment(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Appointment made: %(task)s", task=facts["title"])


def _file_added(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("File added: %(name)s", name=facts["name"])


def _file_archived(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("File archived: %(name)s", name=facts["name"])


def _file_restored(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("File restored: %(name)s", name=facts["name"])


def _link_sent(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    if facts["again"]:
        return gettext("Link sent again to %(name)s", name=facts["to"])
    if facts["mailed"]:
        return gettext("Link sent to %(name)s", name=facts["to"])
    return gettext("Link created for %(name)s", name=facts["to"])


def _link_revoked(facts: Mapping[str, Any], _phases: Mapping[int, str]) -> str:
    return gettext("Link of %(name)s revoked", name=facts["to"])


SENTENCES: Mapping[EntryKind, Callable[[Mapping[str, Any], Mapping[int, str]], str]] = {
    EntryKind.QUOTE_SENT: _sent,
    EntryKind.QUOTE_PRESENTED: _presented,
    EntryKind.QUOTE_SIGNED: _signed,
    EntryKind.ORDER_PLACED: _ordered,
    EntryKind.PHASE_MOVED: _moved,
    EntryKind.OPPORTUNITY_OPENED: _opened,
    EntryKind.OPPORTUNITY_LOST: _lost,
    EntryKind.OPPORTUNITY_EXPIRED: _expired,
    EntryKind.OPPORTUNITY_REOPENED: _reopened,
    EntryKind.MOVE_UNDONE: _undone,
    EntryKind.HANDED_OVER: _handed_over,
    EntryKind.NOTE: _note,
    EntryKind.CALL: _call,
    EntryKind.TASK_DONE: _task_done,
    EntryKind.APPOINTMENT_MADE: _appointment,
    EntryKind.FILE_ADDED: _file_added,
    EntryKind.FILE_ARCHIVED: _file_archived,
    EntryKind.FILE_RESTORED: _file_restored,
    EntryKind.LINK_SENT: _link_sent,
    EntryKind.LINK_REVOKED: _link_revoked,
    **ANSWERS,
    **BILLING,
}
