"""The board: the deals of a pipeline by phase, the nearest on top."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from backoffice.money import rounded, share, step_of
from backoffice.opportunities.listing import SUMMED
from backoffice.opportunities.models import Opportunity, Outcome, Phase, chance_of
from backoffice.opportunities.phases import BY_HAND
from backoffice.opportunities.queries import Visible, pipelines_in_use
from backoffice.opportunities.worth import Worth, worth_of
from backoffice.seller.models import ONLY, Seller
from backoffice.staff.models import StaffMember

CARDS = 50
"""Of a column at most; the list has the others."""


@dataclass(frozen=True, kw_only=True)
class Card:
    deal: Opportunity
    owner: str
    net: Decimal | None
    currency: str
    chip: tuple[str, str] | None


@dataclass(frozen=True, kw_only=True)
class Sum:
    """``net`` in the seller's currency; deals in another currency are not added up.

    ``is_guessed``: some deal has a probability of its own, so that ``weighted`` is not the phase's share of ``net``.
    """

    net: Decimal
    weighted: Decimal
    is_guessed: bool = False


@dataclass(frozen=True, kw_only=True)
class Column:
    """A phase, how many deals it has, and its nearest ones. ``sum``: None of too many to add up."""

    phase: Phase
    count: int
    cards: Sequence[Card]
    sum: Sum | None

    @property
    def others(self) -> int:
        return self.count - len(self.cards)


@dataclass(frozen=True, kw_only=True)
class Board:
    columns: Sequence[Column]
    currency: str
    pipelines: Sequence[Any]
    pipeline_id: int | None

    @property
    def count(self) -> int:
        return sum(column.count for column in self.columns)

    @property
    def sum(self) -> Sum | None:
        sums = [column.sum for column in self.columns if column.sum is not None]
        if len(sums) < len(self.columns):
            return None
        return Sum(
            net=sum((each.net for each in sums), Decimal(0)),
            weighted=sum((each.weighted for each in sums), Decimal(0)),
        )


def board(session: Session, visible: Visible, *, pipeline_id: int | None, at: datetime) -> Board:
    """One pipeline's deals under way or won, from a constant number of statements however many there are."""
    seller = session.get_one(Seller, ONLY)
    pipelines = pipelines_in_use(session)
    shown = next((each for each in pipelines if each.id == pipeline_id), pipelines[0] if pipelines else None)
    if shown is None:
        return Board(columns=[], currency=seller.currency, pipelines=[], pipeline_id=None)
    phases = [phase for phase in shown.phases if phase.outcome in BY_HAND]
    condition = (
        visible & Opportunity.phase_id.in_([phase.id for phase in phases]) & Opportunity.archived_at.is_(None)
    )
    counts = _counts(session, condition)
    deals = _nearest(session, condition, phases)
    is_summed = sum(counts.values()) <= SUMMED
    priced = condition if is_summed else Opportunity.id.in_([deal.id for deal, _owner in deals])
    worth = worth_of(session, priced, seller.currency)
    sums = _sums(session, condition, phases, worth, seller.currency) if is_summed else {}
    cards: dict[int, list[Card]] = {phase.id: [] for phase in phases}
    for deal, owner in deals:
        cards[deal.phase_id].append(_card(deal, owner, worth, seller.currency, at))
    columns = [
        Column(phase=phase, count=counts.get(phase.id, 0), cards=cards[phase.id], sum=sums.get(phase.id))
        for phase in phases
    ]
    return Board(columns=columns, currency=seller.currency, pipelines=pipelines, pipeline_id=shown.id)


def _counts(session: Session, condition: Visible) -> Mapping[int, int]:
    rows = session.execute(
        sa.select(Opportunity.phase_id, sa.func.count()).where(condition).group_by(Opportunity.phase_id)
    )
    return dict(rows.all())


def _nearest(
    session: Session, condition: Visible, phases: Sequence[Phase]
) -> Sequence[tuple[Opportunity, str]]:
    """Deals with their owner's name: the nearest expected order first, of what is won the newest."""
    nearest = (Opportunity.expected_on.nulls_last(), Opportunity.id)
    chosen = [
        sa.select(Opportunity.id)
        .where(condition, Opportunity.phase_id == phase.id)
        .order_by(*((Opportunity.id.desc(),) if phase.outcome is Outcome.WON else nearest))
        .limit(CARDS)
        .subquery()
        for phase in phases
    ]
    rows = session.execute(
        sa.select(Opportunity, StaffMember.name)
        .join(StaffMember, StaffMember.id == Opportunity.owner_id)
        .where(Opportunity.id.in_(sa.union_all(*(sa.select(each.c.id) for each in chosen))))
        .options(joinedload(Opportunity.client))
        .order_by(*nearest)
    )
    return [(deal, owner) for deal, owner in rows]


def _card(deal: Opportunity, owner: str, worth: Worth, currency: str, at: datetime) -> Card:
    amount = worth.sums.get(deal.id)
    return Card(
        deal=deal,
        owner=owner,
        net=amount.net if amount else None,
        currency=amount.currency if amount else currency,
        chip=worth.chip(deal.id, at),
    )


def _sums(
    session: Session, condition: Visible, phases: Sequence[Phase], worth: Worth, currency: str
) -> Mapping[int, Sum]:
    """By phase; a deal with a probability of its own counts by that while it is open."""
    usual: dict[int, Decimal] = {phase.id: Decimal(0) for phase in phases}
    guessed: dict[int, list[tuple[Decimal, Decimal]]] = {phase.id: [] for phase in phases}
    outcomes = {phase.id: phase for phase in phases}
    rows = session.execute(
        sa.select(Opportunity.id, Opportunity.phase_id, Opportunity.probability).where(condition)
    )
    for deal_id, phase_id, own in rows:
        amount, phase = worth.sums.get(deal_id), outcomes[phase_id]
        if amount is None or amount.currency != currency:
            continue
        if own is None or phase.outcome is not Outcome.OPEN:
            usual[phase_id] += amount.net
        else:
            guessed[phase_id].append((amount.net, chance_of(own, phase.probability, phase.outcome)))
    step = step_of(currency)
    return {
        phase.id: Sum(
            net=rounded(sum((net for net, _chance in guessed[phase.id]), usual[phase.id]), step),
            weighted=sum(
                (share(net, chance, step) for net, chance in guessed[phase.id]),
                share(usual[phase.id], phase.probability, step),
            ),
            is_guessed=bool(guessed[phase.id]),
        )
        for phase in phases
    }
