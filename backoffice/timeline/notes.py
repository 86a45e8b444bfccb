"""Events as entries of a deal's timeline: facts only, so that any language can tell them."""

from sqlalchemy.orm import Session

from backoffice.acceptances.events import QuoteAccepted
from backoffice.acceptances.models import Acceptance
from backoffice.acceptances.queries import proofs_of
from backoffice.agenda.events import TaskFinished, TaskPlanned
from backoffice.agenda.models import Task
from backoffice.answers.events import (
    ChangesRequested,
    OfVersion,
    QuoteLapsed,
    QuoteRefused,
    QuoteWithdrawn,
    RenewalAsked,
    RequestAnswered,
)
from backoffice.answers.models import ChangeRequest, Refusal, RenewalWish
from backoffice.events import Event
from backoffice.files.events import FileAct, FileTouched
from backoffice.links.events import LinkRevoked, LinkSent
from backoffice.links.models import ClientLink
from backoffice.opportunities.events import (
    OpportunityExpired,
    OpportunityLost,
    OpportunityOpened,
    OpportunityReopened,
)
from backoffice.orders.events import OrderPlaced
from backoffice.people.events import DealsHandedOver
from backoffice.quotes.events import QuotePresented, QuoteSent, QuoteSigned
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.signatures.models import Signature
from backoffice.staff.models import StaffMember
from backoffice.timeline import billing  # noqa: F401 - registers its entries
from backoffice.timeline.entries import entry, entry_of
from backoffice.timeline.models import EntryKind, TimelineEntry


def note(event: Event, session: Session) -> None:
    """One entry for the event."""
    session.add(entry_of(event, session))


def note_hand_over(event: DealsHandedOver, session: Session) -> None:
    """One entry for each deal."""
    facts = {
        "from": session.get_one(StaffMember, event.giver).name,
        "to": session.get_one(StaffMember, event.taker).name,
    }
    session.add_all(
        TimelineEntry(
            opportunity_id=each, at=event.at, kind=EntryKind.HANDED_OVER, staff_id=event.by, facts=facts
        )
        for each in event.opportunity_ids
    )


def note_appointment(event: TaskPlanned, session: Session) -> None:
    """One entry for an appointment when it is made; plans for tasks are no history."""
    task = session.get_one(Task, event.task_id)
    if task.starts_at is None or not event.is_new:
        return
    facts = {"title": task.title, "starts_at": task.starts_at.isoformat(), "task_id": task.id}
    session.add(entry(event, EntryKind.APPOINTMENT_MADE, facts, by=event.by))


FILE_ACTS = {
    FileAct.ADDED: EntryKind.FILE_ADDED,
    FileAct.ARCHIVED: EntryKind.FILE_ARCHIVED,
    FileAct.RESTORED: EntryKind.FILE_RESTORED,
}


@entry_of.register
def _sent(event: QuoteSent, session: Session) -> TimelineEntry:
    link = session.get_one(ClientLink, event.link_id)
    return entry(
        event,
        EntryKind.QUOTE_SENT,
        {
            "number": session.get_one(Quote, event.quote_id).number,
            "version": session.get_one(QuoteVersion, event.version_id).number,
            "to": link.name,
            "email": link.email,
            "mailed": event.mailed,
            **_where(link),
        },
        by=event.by,
    )


@entry_of.register
def _presented(event: QuotePresented, session: Session) -> TimelineEntry:
    link = session.get_one(ClientLink, event.link_id)
    return entry(
        event,
        EntryKind.QUOTE_PRESENTED,
        {
            "number": session.get_one(Quote, event.quote_id).number,
            "version": session.get_one(QuoteVersion, event.version_id).number,
            "to": link.name,
            **_where(link),
        },
        by=event.by,
    )


def _where(met: ClientLink | Signature) -> dict[str, str]:
    """Nothing for what was not in person."""
    return {} if met.venue is None else {"venue": met.venue.value, "place": met.place}


@entry_of.register
def _signed(event: QuoteSigned, session: Session) -> TimelineEntry:
    signature = session.get_one(Signature, event.signature_id)
    return entry(
        event,
        EntryKind.QUOTE_SIGNED,
        {
            "number": session.get_one(Quote, event.quote_id).number,
            "version": session.get_one(QuoteVersion, event.version_id).number,
            "by": signature.name,
            "channel": signature.channel.value,
            **_where(signature),
        },
    )


@entry_of.register
def _accepted(event: QuoteAccepted, session: Session) -> TimelineEntry:
    acceptance = session.get_one(Acceptance, event.acceptance_id)
    return _of_version(
        event,
        session,
        EntryKind.QUOTE_ACCEPTED,
        done_by=event.by,
        by=acceptance.name,
        method=acceptance.method.value,
        accepted_on=acceptance.accepted_on.isoformat(),
        words=acceptance.note,
        proofs=[{"id": proof.id, "name": proof.file.name} for proof in proofs_of(session, acceptance.id)],
    )


@entry_of.register
def _ordered(event: OrderPlaced, _session: Session) -> TimelineEntry:
    facts = {"number": event.number, "order_id": event.order_id}
    return entry(event, EntryKind.ORDER_PLACED, facts)


@entry_of.register
def _opened(event: OpportunityOpened, _session: Session) -> TimelineEntry:
    facts = {"copied_from": event.copied_from} if event.copied_from is not None else {}
    return entry(event, EntryKind.OPPORTUNITY_OPENED, facts, by=event.by)


@entry_of.register
def _lost(event: OpportunityLost, _session: Session) -> TimelineEntry:
    facts = {
        "from": event.former,
        "to": event.phase,
        "reason": event.reason.as_content(),
        "words": event.words,
    }
    return entry(event, EntryKind.OPPORTUNITY_LOST, facts, by=event.by)


@entry_of.register
def _given_up(event: OpportunityExpired, _session: Session) -> TimelineEntry:
    facts = {"from": event.former, "to": event.phase}
    return entry(event, EntryKind.OPPORTUNITY_EXPIRED, facts, by=event.by)


@entry_of.register
def _reopened(event: OpportunityReopened, _session: Session) -> TimelineEntry:
    facts = {"from": event.former, "to": event.phase}
    return entry(event, EntryKind.OPPORTUNITY_REOPENED, facts, by=event.by)


@entry_of.register
def _finished(event: TaskFinished, _session: Session) -> TimelineEntry:
    facts = {"title": event.title, "task_id": event.task_id}
    return entry(event, EntryKind.TASK_DONE, facts, by=event.by)


@entry_of.register
def _file(event: FileTouched, _session: Session) -> TimelineEntry:
    facts = {"name": event.name, "file_id": event.file_id}
    return entry(event, FILE_ACTS[event.act], facts, by=event.by)


def _of_version(
    event: OfVersion, session: Session, kind: EntryKind, *, done_by: int | None = None, **facts: object
) -> TimelineEntry:
    about = {
        "number": session.get_one(Quote, event.quote_id).number,
        "version": session.get_one(QuoteVersion, event.version_id).number,
    }
    return entry(event, kind, about | facts, by=done_by)


@entry_of.register
def _changes_requested(event: ChangesRequested, session: Session) -> TimelineEntry:
    request = session.get_one(ChangeRequest, event.request_id)
    kind = EntryKind.CHANGES_REQUESTED
    return _of_version(event, session, kind, done_by=request.recorded_by, by=request.name)


@entry_of.register
def _request_answered(event: RequestAnswered, session: Session) -> TimelineEntry:
    return _of_version(event, session, EntryKind.REQUEST_ANSWERED, done_by=event.by)


@entry_of.register
def _refused(event: QuoteRefused, session: Session) -> TimelineEntry:
    refusal = session.get_one(Refusal, event.refusal_id)
    facts = {"by": refusal.name, "reason": refusal.reason.as_content()}
    return _of_version(event, session, EntryKind.QUOTE_REFUSED, done_by=event.by, **facts)


@entry_of.register
def _withdrawn(event: QuoteWithdrawn, session: Session) -> TimelineEntry:
    return _of_version(event, session, EntryKind.QUOTE_WITHDRAWN, done_by=event.by)


@entry_of.register
def _lapsed(event: QuoteLapsed, session: Session) -> TimelineEntry:
    return _of_version(event, session, EntryKind.QUOTE_EXPIRED)


@entry_of.register
def _renewal_asked(event: RenewalAsked, session: Session) -> TimelineEntry:
    wish = session.get_one(RenewalWish, event.wish_id)
    name = session.get_one(ClientLink, wish.link_id).name
    return _of_version(event, session, EntryKind.RENEWAL_ASKED, by=name)


@entry_of.register
def _link_sent(event: LinkSent, session: Session) -> TimelineEntry:
    link = session.get_one(ClientLink, event.link_id)
    return entry(
        event,
        EntryKind.LINK_SENT,
        {"to": link.name, "mailed": event.mailed, "again": event.again},
        by=event.by,
    )


@entry_of.register
def _link_revoked(event: LinkRevoked, session: Session) -> TimelineEntry:
    return entry(
        event, EntryKind.LINK_REVOKED, {"to": session.get_one(ClientLink, event.link_id).name}, by=event.by
    )
