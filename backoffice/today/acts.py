"""What clients did, and the e-mails that did not reach them: each until one of ours has dealt with it."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql import ColumnElement, Select

from backoffice.answers.models import ChangeRequest, Refusal, RenewalWish
from backoffice.clients.models import Client
from backoffice.invoices.models import Invoice, InvoiceState
from backoffice.links.models import ClientLink
from backoffice.notifications.models import MailState, OutgoingMail
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.paging import Ordering
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.staff.models import StaffMember
from backoffice.timeline.models import EntryKind, TimelineEntry
from backoffice.today.sight import Sight


class Act(enum.StrEnum):
    SIGNED = "signed"
    ASKED = "asked"
    REFUSED = "refused"
    RENEWAL = "renewal"
    UNDELIVERED = "undelivered"


REACHED_OUT = (EntryKind.QUOTE_SENT, EntryKind.QUOTE_PRESENTED, EntryKind.LINK_SENT)
"""What makes an e-mail that did not arrive a thing of the past."""
SAID = ("who", "words", "reason_fr", "reason_en")
REASONS = Refusal.__table__


def acts_waiting(sight: Sight, most: int | None = None) -> tuple[Select[*tuple[Any, ...]], Ordering]:
    """The newest first. ``target``, what to act on, is the order, the e-mail, or else the quote.

    ``most``: whoever looks from the start on wants no more.
    """
    happened = sa.union_all(
        _signed(sight, most), _asked(sight), _refused(sight), _renewals(sight), _undelivered(sight)
    ).subquery("happened")
    found = (
        sa.select(
            happened.c.act,
            happened.c.at,
            Opportunity,
            Client.name,
            StaffMember.name,
            happened.c.target,
            happened.c.quote,
            happened.c.who,
            happened.c.words,
            happened.c.reason_fr,
            happened.c.reason_en,
            Order,
        )
        .select_from(happened)
        .join(Opportunity, Opportunity.id == happened.c.deal)
        .join(Client, Client.id == Opportunity.client_id)
        .join(StaffMember, StaffMember.id == Opportunity.owner_id)
        .outerjoin(Order, sa.and_(happened.c.act == Act.SIGNED.value, Order.id == happened.c.target))
        .where(Opportunity.archived_at.is_(None), sight.visible)
    )
    return found, Ordering((happened.c.at, happened.c.act, happened.c.target), descending=True)


def undelivered_of_deal() -> ColumnElement[bool]:
    """Whether an e-mail about the Opportunity of the query around it failed, and nobody has tried otherwise since."""
    return sa.exists().where(OutgoingMail.opportunity_id == Opportunity.id, *_failed()).correlate(Opportunity)


def _signed(sight: Sight, most: int | None) -> Select[*tuple[Any, ...]]:
    """Orders of which nothing is invoiced or drafted. Some firms leave a year's: no more than ``most`` are read."""
    billed = sa.exists().where(Invoice.order_id == Order.id, Invoice.state != InvoiceState.DISCARDED)
    found = sa.select(
        *_columns(Act.SIGNED, Order.placed_at, Order.opportunity_id, Order.id, Order.quote_id)
    ).where(Order.placed_at >= sight.since, ~billed)
    if most is None:
        return found
    mine = found.join(Opportunity).where(Opportunity.archived_at.is_(None), sight.visible)
    return sa.select(mine.order_by(Order.placed_at.desc(), Order.id.desc()).limit(most).subquery())


def _asked(sight: Sight) -> Select[*tuple[Any, ...]]:
    """The last request of each version that waits for a reply."""
    later = aliased(ChangeRequest)
    newer = sa.exists().where(later.version_id == ChangeRequest.version_id, later.id > ChangeRequest.id)
    return (
        sa.select(
            *_columns(
                Act.ASKED,
                ChangeRequest.asked_at,
                Quote.opportunity_id,
                Quote.id,
                Quote.id,
                ChangeRequest.name,
                ChangeRequest.text,
            )
        )
        .join(QuoteVersion, QuoteVersion.id == ChangeRequest.version_id)
        .join(Quote, Quote.id == ChangeRequest.quote_id)
        .where(
            ChangeRequest.asked_at >= sight.since,
            QuoteVersion.state == VersionState.CHANGES_REQUESTED,
            ~newer,
        )
    )


def _refused(sight: Sight) -> Select[*tuple[Any, ...]]:
    """Not those that one of ours recorded: they know."""
    return (
        sa.select(
            *_columns(
                Act.REFUSED,
                Refusal.refused_at,
                Quote.opportunity_id,
                Quote.id,
                Quote.id,
                Refusal.name,
                Refusal.text,
                REASONS.c.reason_fr,
                REASONS.c.reason_en,
            )
        )
        .join(QuoteVersion, QuoteVersion.id == Refusal.version_id)
        .join(Quote, Quote.id == Refusal.quote_id)
        .where(
            Refusal.refused_at >= sight.since,
            Refusal.recorded_by.is_(None),
            QuoteVersion.state == VersionState.REFUSED,
            ~_dealt_with(Refusal.refused_at),
        )
    )


def _renewals(sight: Sight) -> Select[*tuple[Any, ...]]:
    later = aliased(RenewalWish)
    newer = sa.exists().where(later.version_id == RenewalWish.version_id, later.id > RenewalWish.id)
    return (
        sa.select(*_columns(Act.RENEWAL, RenewalWish.asked_at, Quote.opportunity_id, Quote.id, Quote.id))
        .join(QuoteVersion, QuoteVersion.id == RenewalWish.version_id)
        .join(Quote, Quote.id == RenewalWish.quote_id)
        .where(
            RenewalWish.asked_at >= sight.since,
            QuoteVersion.state.in_([VersionState.EXPIRED, VersionState.SENT]),
            ~newer,
            ~_dealt_with(RenewalWish.asked_at),
        )
    )


def _undelivered(sight: Sight) -> Select[*tuple[Any, ...]]:
    return (
        sa.select(
            *_columns(
                Act.UNDELIVERED,
                OutgoingMail.created_at,
                OutgoingMail.opportunity_id,
                OutgoingMail.id,
                ClientLink.quote_id,
                OutgoingMail.recipient_email,
                OutgoingMail.last_error,
            )
        )
        .outerjoin(ClientLink, ClientLink.id == OutgoingMail.link_id)
        .where(OutgoingMail.created_at >= sight.since, *_failed())
    )


def _failed() -> tuple[ColumnElement[bool], ...]:
    tried = sa.exists().where(
        TimelineEntry.opportunity_id == OutgoingMail.opportunity_id,
        TimelineEntry.at > OutgoingMail.created_at,
        TimelineEntry.kind.in_(REACHED_OUT),
    )
    # As the partial index has it, word for word.
    failed = sa.text(f"outgoing_mails.state = '{MailState.FAILED.value}'")
    return failed, OutgoingMail.opportunity_id.is_not(None), ~tried  # type: ignore[return-value]


def _dealt_with(moment: InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
    """Whether one of ours has done anything with the deal since: written, called, moved it, sent something."""
    return sa.exists().where(
        TimelineEntry.opportunity_id == Quote.opportunity_id,
        TimelineEntry.at > moment,
        TimelineEntry.staff_id.is_not(None),
        TimelineEntry.kind != EntryKind.HANDED_OVER,
    )


def _columns(act: Act, at: Any, deal: Any, target: Any, quote: Any, *said: Any) -> list[ColumnElement[Any]]:
    """``said``: who, what, and the reason in both languages; what is missing is empty."""
    nothing = [sa.literal("", sa.String)] * (len(SAID) - len(said))
    columns = (at, deal, target, quote, *said, *nothing)
    names = ("at", "deal", "target", "quote", *SAID)
    return [
        sa.literal(act.value, sa.String).label("act"),
        *(column.label(name) for column, name in zip(columns, names, strict=True)),
    ]
