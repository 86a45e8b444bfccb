"""Which group a client belongs to, and which price list is its own."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.clients.models import Client
from backoffice.errors import NotFound
from backoffice.pricing.models import ClientGroup, PriceList


def change_terms(session: Session, client: Client, group_id: int | None, price_list_id: int | None) -> None:
    """What is archived may stay, and is not taken anew. Raises NotFound."""
    if group_id is not None and group_id != client.group_id:
        _refuse_archived(session, ClientGroup, group_id)
    if price_list_id is not None and price_list_id != client.price_list_id:
        _refuse_archived(session, PriceList, price_list_id)
    client.group_id, client.price_list_id = group_id, price_list_id


def _refuse_archived(session: Session, entity: type[ClientGroup | PriceList], key: int) -> None:
    """Nobody archives it until the unit ends. Raises NotFound."""
    offered = sa.select(entity.id).where(entity.id == key, entity.archived_at.is_(None))
    if session.scalar(offered.with_for_update(read=True)) is None:
        raise NotFound(chosen=key)
