"""One's day, section by section. A section shows a few; its own page leafs through all."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from backoffice.agenda.models import Task
from backoffice.db import Bilingual
from backoffice.language import nearmoment
from backoffice.notifications.troubles import Trouble, told_to_reader
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.paging import Ordering, Page, Place, page_of
from backoffice.today import acts, duties, owed, quiet
from backoffice.today.sight import SHOWN, Sight


class Section(enum.StrEnum):
    CLIENTS = "clients"
    TASKS = "tasks"
    QUIET = "quiet"
    DRAFTS = "drafts"
    OVERDUE = "overdue"


@dataclass(frozen=True, kw_only=True)
class ShownAct:
    """``words``: the client's own, or what a mail server said; ``wrong_address``: sending it again would not help."""

    act: acts.Act
    when: str
    deal: Opportunity
    client: str
    owner: str
    target: int
    quote: int | None
    who: str
    words: str
    reason: Bilingual
    order: Order | None
    wrong_address: bool = False


@dataclass(frozen=True, kw_only=True)
class Day:
    acts: Page
    tasks: Sequence[Task]
    more_tasks: bool
    quiet: Page
    drafts: Page
    overdue: Page
    month: owed.Month

    @property
    def is_clear(self) -> bool:
        """Nothing waits."""
        pages = (self.acts, self.quiet, self.drafts, self.overdue)
        return not (self.tasks or any(page.rows for page in pages))


def day_of(session: Session, sight: Sight, currency: str) -> Day:
    """From a constant number of statements."""
    first = datetime.combine(sight.today.replace(day=1), time.min, ZoneInfo(sight.zone))
    tasks, more = duties.tasks_of_today(session, sight)
    return Day(
        acts=section_of(session, Section.CLIENTS, sight, Place(), size=SHOWN),
        tasks=tasks,
        more_tasks=more,
        quiet=section_of(session, Section.QUIET, sight, Place(), size=SHOWN),
        drafts=section_of(session, Section.DRAFTS, sight, Place(), size=SHOWN),
        overdue=section_of(session, Section.OVERDUE, sight, Place(), size=SHOWN),
        month=owed.accepted_since(session, sight, first, currency),
    )


def ordering_of(section: Section, sight: Sight) -> Ordering:
    return _found(section, sight, None)[1]


def section_of(session: Session, section: Section, sight: Sight, place: Place, *, size: int) -> Page:
    """One page of it: ShownAct, Task, QuietQuote or WaitingInvoice."""
    found, ordering = _found(section, sight, None if place.key else size + 1)
    page = page_of(session, found, ordering, place, size=size)
    return replace(page, rows=_read(section, page.rows, sight))


def _found(section: Section, sight: Sight, most: int | None) -> tuple[Select[*tuple[Any, ...]], Ordering]:
    match section:
        case Section.CLIENTS:
            return acts.acts_waiting(sight, most)
        case Section.TASKS:
            return duties.tasks_due(sight), duties.LATEST
        case Section.QUIET:
            return quiet.quotes_unanswered(sight), quiet.NEAREST
        case Section.DRAFTS:
            return owed.drafts(sight), owed.NEWEST
        case Section.OVERDUE:
            return owed.overdue(sight), owed.DUE_LAST


def _read(section: Section, rows: Sequence[Any], sight: Sight) -> Sequence[Any]:
    match section:
        case Section.CLIENTS:
            return [_act(row, sight) for row in rows]
        case Section.TASKS:
            return [row[0] for row in rows]
        case Section.QUIET:
            return quiet.quiet_quotes(rows, sight)
        case Section.DRAFTS | Section.OVERDUE:
            return owed.waiting_invoices(rows, sight)


def _act(row: Any, sight: Sight) -> ShownAct:
    name, at, deal, client, owner, target, quote, who, words, french, english, order = row
    act, wrong = acts.Act(name), False
    if act is acts.Act.UNDELIVERED:
        wrong = words.startswith(Trouble.REFUSED.value) and quote is not None
        told = told_to_reader(words)
        words = " ".join(filter(None, (told.sentence, told.quoted)))
    return ShownAct(
        act=act,
        when=nearmoment(at, sight.today, sight.zone),
        deal=deal,
        client=client,
        owner=owner,
        target=target,
        quote=quote,
        who=who,
        words=words,
        reason=Bilingual(french, english),
        order=order,
        wrong_address=wrong,
    )
