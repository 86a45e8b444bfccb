"""Discounts: for whom, of what, at which level; entered, changed, ended."""

from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from backoffice.clients.models import Client
from backoffice.clients.queries import visible_clients
from backoffice.db import Bilingual
from backoffice.errors import NotFound
from backoffice.paging import Ordering, Page, Place, page_of
from backoffice.pricing.cascade import Days
from backoffice.pricing.models import DiscountLevel

BY_LEVEL = Ordering((sa.cast(DiscountLevel.level, sa.BigInteger).label("place"), DiscountLevel.id))


@dataclass(frozen=True, kw_only=True)
class DiscountFacts:
    """What was typed, checked; for everybody without client and group, of every product without one."""

    level: int
    name: Bilingual
    percent: Decimal
    client_id: int | None
    group_id: int | None
    product_id: int | None
    days: Days


def discounts_listed(session: Session, known_to: int | None, place: Place) -> Page:
    """Those that were not ended, by level, without those of clients that one does not see (``clients.queries``)."""
    return page_of(session, _known(known_to), BY_LEVEL, place)


def discount_shown(session: Session, discount_id: int, known_to: int | None) -> DiscountLevel:
    """With client, group and product. Raises NotFound for unknown, foreign and ended alike."""
    return _found(session, discount_id, _known(known_to))


def discount_to_act_on(session: Session, discount_id: int, known_to: int | None) -> DiscountLevel:
    """The same, locked."""
    return _found(session, discount_id, _known(known_to).with_for_update(of=DiscountLevel))


def _known(known_to: int | None) -> sa.Select[DiscountLevel]:
    """Only of clients that are seen; a lock goes with no outer join, so what it refers to is loaded apart."""
    seen = sa.exists().where(Client.id == DiscountLevel.client_id, visible_clients(known_to))
    return (
        sa.select(DiscountLevel)
        .where(
            DiscountLevel.archived_at.is_(None),
            sa.or_(DiscountLevel.client_id.is_(None), seen.correlate(DiscountLevel)),
        )
        .options(
            selectinload(DiscountLevel.client),
            selectinload(DiscountLevel.group),
            selectinload(DiscountLevel.product),
        )
    )


def _found(session: Session, discount_id: int, query: sa.Select[DiscountLevel]) -> DiscountLevel:
    discount = session.scalar(query.where(DiscountLevel.id == discount_id))
    if discount is None:
        raise NotFound(discount=discount_id)
    return discount


def describe_discount(discount: DiscountLevel, facts: DiscountFacts) -> None:
    """Store what was typed; lines that were priced by it keep theirs."""
    discount.level, discount.name, discount.percent = facts.level, facts.name, facts.percent
    discount.client_id, discount.group_id = facts.client_id, facts.group_id
    discount.product_id = facts.product_id
    discount.valid_from, discount.valid_to = facts.days.first, facts.days.last
