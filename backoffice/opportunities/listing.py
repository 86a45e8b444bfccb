"""The list of deals: searched, narrowed, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from backoffice.catalogue.search import folded, looked_for
from backoffice.clients.models import Client, Contact
from backoffice.money import share, step_of
from backoffice.opportunities.models import Opportunity, Outcome, Phase, chance_of
from backoffice.opportunities.queries import DealSum, Visible
from backoffice.opportunities.worth import worth_of
from backoffice.paging import Ordering, Page, Place, page_of
from backoffice.quotes.models import Quote
from backoffice.seller.models import Seller
from backoffice.staff.models import StaffMember

MOST_WORDS = 8
SUMMED = 500
"""Deals whose amounts are added up; of more, the sum says nothing that a narrower list would not say better."""
LONGEST_KEY = 18
FIRST_YEAR, LAST_YEAR = 2000, 2100
NEWEST_FIRST = Ordering((Opportunity.id,), descending=True)


class State(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"
    EXPIRED = "expired"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the list is narrowed to; ``month``: the first day of the one in which an order is expected."""

    words: str = ""
    state: State = State.OPEN
    phase: int | None = None
    owner: int | None = None
    source: str = ""
    month: date | None = None

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> "Wanted":
        """From the query of an address; what it does not know narrows nothing."""
        words = looked_for(arguments.get("q", ""))
        state = arguments.get("state", "")
        return cls(
            words=words,
            # Who looks for something looks for it among all.
            state=State(state) if state in set(State) else (State.ALL if words else State.OPEN),
            phase=_key(arguments.get("phase", "")),
            owner=_key(arguments.get("owner", "")),
            source=arguments.get("source", "").replace("\0", "")[:80],
            month=_month(arguments.get("month", "")),
        )

    def arguments(self) -> dict[str, str]:
        """The same as the query of an address."""
        named = {
            "q": self.words,
            "state": self.state.value,
            "phase": str(self.phase or ""),
            "owner": str(self.owner or ""),
            "source": self.source,
            "month": f"{self.month:%Y-%m}" if self.month is not None else "",
        }
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, kw_only=True)
class ListedDeal:
    deal: Opportunity
    phase: Phase
    client: str
    owner: str
    number: str | None
    chip: tuple[str, str] | None
    sum: DealSum | None


@dataclass(frozen=True, kw_only=True)
class Sums:
    """``net`` and ``weighted`` in ``currency``; deals in another are not added up."""

    count: int
    net: Decimal
    weighted: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class DealList:
    """``sums``: of all that was found, None when that is more than is added up."""

    page: Page
    deals: Sequence[ListedDeal]
    sums: Sums | None


def deal_list(
    session: Session, wanted: Wanted, place: Place, visible: Visible, *, seller: Seller, at: datetime
) -> DealList:
    """One page, the newest first, from a constant number of statements."""
    condition = visible & Opportunity.archived_at.is_(None) & _narrowed(wanted)
    found = (
        sa.select(Opportunity, Phase, Client.name, StaffMember.name)
        .join(Phase, Phase.id == Opportunity.phase_id)
        .join(Client, Client.id == Opportunity.client_id)
        .join(StaffMember, StaffMember.id == Opportunity.owner_id)
        .where(condition)
        .options(joinedload(Opportunity.contact))
    )
    page = page_of(session, found, NEWEST_FIRST, place)
    return DealList(
        page=page, deals=_listed(session, page.rows, seller, at), sums=_sums(session, condition, seller)
    )


def _narrowed(wanted: Wanted) -> Visible:
    """On Opportunity joined with its Phase."""
    conditions: list[Visible] = [sa.true()]
    if wanted.state is not State.ALL:
        conditions.append(Phase.outcome == Outcome(wanted.state.value))
    if wanted.phase is not None:
        conditions.append(Opportunity.phase_id == wanted.phase)
    if wanted.owner is not None:
        conditions.append(Opportunity.owner_id == wanted.owner)
    if wanted.source:
        conditions.append(Opportunity.source == wanted.source)
    if wanted.month is not None:
        conditions += [Opportunity.expected_on >= wanted.month, Opportunity.expected_on < _next(wanted.month)]
    conditions += [_says(word) for word in folded(wanted.words).split()[:MOST_WORDS]]
    return sa.and_(*conditions)


def _says(word: str) -> Visible:
    """Whether title, client, contact or a quote's number has the word, whatever its accents."""
    like = f"%{_escaped(word)}%"
    numbered = sa.select(Quote.opportunity_id).where(sa.func.lower(Quote.number).like(like, escape="\\"))
    return sa.or_(
        Opportunity.search_text.like(like, escape="\\"),
        Opportunity.client_id.in_(sa.select(Client.id).where(Client.search_text.like(like, escape="\\"))),
        Opportunity.contact_id.in_(sa.select(Contact.id).where(Contact.search_text.like(like, escape="\\"))),
        Opportunity.id.in_(numbered),
    )


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _listed(session: Session, rows: Sequence[Any], seller: Seller, at: datetime) -> list[ListedDeal]:
    if not rows:
        return []
    worth = worth_of(session, Opportunity.id.in_([row[0].id for row in rows]), seller.currency)
    return [
        ListedDeal(
            deal=deal,
            phase=phase,
            client=client,
            owner=owner,
            number=worth.number(deal.id),
            chip=worth.chip(deal.id, at),
            sum=worth.sums.get(deal.id),
        )
        for deal, phase, client, owner in rows
    ]


def _sums(session: Session, condition: Visible, seller: Seller) -> Sums | None:
    rows = session.execute(
        sa.select(Opportunity.id, Opportunity.probability, Phase.probability, Phase.outcome)
        .join(Phase, Phase.id == Opportunity.phase_id)
        .where(condition)
        .limit(SUMMED + 1)
    ).all()
    if len(rows) > SUMMED:
        return None
    worth = worth_of(session, Opportunity.id.in_([row[0] for row in rows]), seller.currency)
    step, net, weighted = step_of(seller.currency), Decimal(0), Decimal(0)
    for key, guess, usual, outcome in rows:
        amount = worth.sums.get(key)
        if amount is not None and amount.currency == seller.currency:
            net += amount.net
            weighted += share(amount.net, chance_of(guess, usual, outcome), step)
    return Sums(count=len(rows), net=net, weighted=weighted, currency=seller.currency)


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY else None


def _month(text: str) -> date | None:
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return month if FIRST_YEAR <= month.year < LAST_YEAR else None


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
