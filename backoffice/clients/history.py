"""What was done with clients themselves: kept as facts, told in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import singledispatch
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session, aliased

from backoffice import clock
from backoffice.clients.events import ClientArchived, ClientGivenTo, ClientRestored, ClientsMerged
from backoffice.clients.models import ClientEntry, ClientEntryKind
from backoffice.events import Event
from backoffice.language import nearday
from backoffice.staff.models import StaffMember

SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class ToldOfClient:
    """An entry as shown; ``by``: who of ours did it."""

    at: datetime
    when: str
    sentence: str
    by: str


def note_on_client(event: Event, session: Session) -> None:
    """An entry for each client that the event concerns."""
    session.add_all(entries_of(event))


@singledispatch
def entries_of(event: Event) -> Iterable[ClientEntry]:
    raise NotImplementedError(type(event).__name__)


@entries_of.register
def _archived(event: ClientArchived) -> Iterable[ClientEntry]:
    return [_entry(event, ClientEntryKind.ARCHIVED, {})]


@entries_of.register
def _restored(event: ClientRestored) -> Iterable[ClientEntry]:
    return [_entry(event, ClientEntryKind.RESTORED, {})]


@entries_of.register
def _given(event: ClientGivenTo) -> Iterable[ClientEntry]:
    return [_entry(event, ClientEntryKind.GIVEN, {"from": event.former, "to": event.owner})]


@entries_of.register
def _merged(event: ClientsMerged) -> Iterable[ClientEntry]:
    """One on the client that stays, which its page shows, and one on the other for who reads the table."""
    absorbed = _entry(event, ClientEntryKind.ABSORBED, {"name": event.gone_name, "client_id": event.gone_id})
    merged = _entry(event, ClientEntryKind.MERGED, {"into": event.client_id})
    merged.client_id = event.gone_id
    return [absorbed, merged]


def _entry(event: Any, kind: ClientEntryKind, facts: dict[str, Any]) -> ClientEntry:
    return ClientEntry(client_id=event.client_id, at=event.at, kind=kind, facts=facts, staff_id=event.by)


def told_of_client(
    session: Session, clients: Sequence[int], *, timezone: str, today: date
) -> list[ToldOfClient]:
    """The newest entries of a client and of those merged into it, newest first, from two statements."""
    actor = aliased(StaffMember)
    rows = session.execute(
        sa.select(ClientEntry, actor.name)
        .join(actor, actor.id == ClientEntry.staff_id)
        .where(ClientEntry.client_id.in_(clients), ClientEntry.kind != ClientEntryKind.MERGED)
        .order_by(ClientEntry.at.desc(), ClientEntry.id.desc())
        .limit(SHOWN)
    ).all()
    wanted = {entry.facts["to"] for entry, _by in rows if entry.kind is ClientEntryKind.GIVEN}
    people = sa.select(StaffMember.id, StaffMember.name).where(StaffMember.id.in_(wanted))
    names = {key: name for key, name in session.execute(people)} if wanted else {}  # noqa: C416 - rows are no pairs to mypy
    return [
        ToldOfClient(
            at=entry.at,
            when=nearday(clock.day_of(entry.at, timezone), today),
            sentence=_sentence(entry, names),
            by=by,
        )
        for entry, by in rows
    ]


def _sentence(entry: ClientEntry, names: Mapping[int, str]) -> str:
    match entry.kind:
        case ClientEntryKind.ABSORBED:
            return gettext("“%(name)s” merged into this client", name=entry.facts["name"])
        case ClientEntryKind.GIVEN:
            return gettext("Given to %(name)s", name=names.get(entry.facts["to"], "…"))
        case ClientEntryKind.ARCHIVED:
            return gettext("Archived")
        case ClientEntryKind.RESTORED:
            return gettext("Restored")
        case _:
            return gettext("Merged into another client")
