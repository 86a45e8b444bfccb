"""Price lists as pages and acts load them."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.clients.models import Client
from backoffice.errors import NotFound
from backoffice.pricing.models import ClientGroup, PriceList, PriceListEntry


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A list with how many entries it has, and how many clients and groups name it."""

    price_list: PriceList
    entries: int
    clients: int
    groups: int


def lists_with_use(session: Session) -> Sequence[Listed]:
    """All of them, by French name, in one statement."""

    def count_of(entity: type[PriceListEntry | Client | ClientGroup]) -> sa.ScalarSelect[int]:
        counted = sa.select(sa.func.count(entity.id)).where(
            entity.price_list_id == PriceList.id, entity.archived_at.is_(None)
        )
        return counted.correlate(PriceList).scalar_subquery()

    rows = session.execute(
        sa.select(PriceList, count_of(PriceListEntry), count_of(Client), count_of(ClientGroup)).order_by(
            sa.func.lower(sa.column("name_fr")), PriceList.id
        )
    )
    return [
        Listed(price_list=row, entries=entries, clients=clients, groups=groups)
        for row, entries, clients, groups in rows
    ]


def list_shown(session: Session, price_list_id: int) -> PriceList:
    """Archived or not. Raises NotFound."""
    price_list = session.get(PriceList, price_list_id)
    if price_list is None:
        raise NotFound(price_list=price_list_id)
    return price_list


def list_to_act_on(session: Session, price_list_id: int) -> PriceList:
    """Locked. Raises NotFound."""
    price_list = session.scalar(sa.select(PriceList).where(PriceList.id == price_list_id).with_for_update())
    if price_list is None:
        raise NotFound(price_list=price_list_id)
    return price_list
