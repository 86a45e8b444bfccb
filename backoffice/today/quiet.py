"""Quotes that nobody has answered for long, or that end soon."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import Select

from backoffice import clock
from backoffice.agenda.models import Task
from backoffice.clients.models import Client, Contact
from backoffice.db import one_of, unscaled
from backoffice.opportunities.models import Opportunity
from backoffice.paging import Ordering
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import LIVE, VersionState
from backoffice.staff.models import StaffMember
from backoffice.today.acts import undelivered_of_deal
from backoffice.today.sight import Sight

LONG = timedelta(days=7)
SOON = timedelta(days=3)
NEAREST = Ordering((QuoteVersion.closes_at, QuoteVersion.id))


@dataclass(frozen=True, kw_only=True)
class QuietQuote:
    """``net`` without VAT; ``days`` since it was sent; ``phone`` of the contact, or else of the client."""

    quote: Quote
    deal: Opportunity
    client: str
    owner: str
    net: Decimal
    days: int
    last_day: date
    left: int
    phone: str

    @property
    def ends_soon(self) -> bool:
        return self.left <= SOON.days


def quotes_unanswered(sight: Sight) -> Select[*tuple[Any, ...]]:
    """What ends first comes first. Not those whose deal is on the page already, for a task or a lost e-mail."""
    due = (
        sa.exists()
        .where(
            Task.opportunity_id == Opportunity.id,
            Task.done_at.is_(None),
            Task.due_on <= sight.today,
            sight.to_do,
        )
        .correlate(Opportunity)
    )
    return (
        sa.select(
            QuoteVersion, Quote, Opportunity, Client.name, StaffMember.name, Contact.phone, Client.phone
        )
        .join(Quote, Quote.id == QuoteVersion.quote_id)
        .join(Opportunity, Opportunity.id == Quote.opportunity_id)
        .join(Client, Client.id == Opportunity.client_id)
        .join(StaffMember, StaffMember.id == Opportunity.owner_id)
        .outerjoin(Contact, Contact.id == Opportunity.contact_id)
        .where(
            sa.text(one_of("quote_versions.state", LIVE)),  # as the partial index has it, word for word
            QuoteVersion.state == VersionState.SENT,
            QuoteVersion.closes_at > sight.at,
            sa.or_(
                QuoteVersion.closes_at <= sight.at + SOON,
                QuoteVersion.frozen_at <= sight.at - LONG,
            ),
            Opportunity.archived_at.is_(None),
            sight.visible,
            ~due,
            ~undelivered_of_deal(),
        )
    )


def quiet_quotes(rows: Sequence[Any], sight: Sight) -> list[QuietQuote]:
    return [_read(row, sight) for row in rows]


def _read(row: Any, sight: Sight) -> QuietQuote:
    version, quote, deal, client, owner, own_phone, phone = row
    facts = version.read()
    last_day = date.fromisoformat(facts["valid_until"])
    return QuietQuote(
        quote=quote,
        deal=deal,
        client=client,
        owner=owner,
        net=unscaled(facts["totals"]["net"], 2),
        days=(sight.today - clock.day_of(version.frozen_at, sight.zone)).days,
        last_day=last_day,
        left=(last_day - sight.today).days,
        phone=own_phone or phone or "",
    )
