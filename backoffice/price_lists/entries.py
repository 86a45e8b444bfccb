"""What a price list says of products: entered, changed, ended; read page by page."""

from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session, joinedload

from backoffice.catalogue.models import Product
from backoffice.errors import NotFound, Refusal
from backoffice.language import longdate
from backoffice.paging import Ordering, Page, Place, page_of
from backoffice.pricing.cascade import Days
from backoffice.pricing.models import PriceList, PriceListEntry

BY_PRODUCT = Ordering(
    (
        Product.sku,
        sa.cast(PriceListEntry.from_quantity, sa.BigInteger).label("steps"),
        PriceListEntry.valid_from,
        PriceListEntry.id,
    )
)


class EntryTwice(Refusal):
    """Two entries of one product that begin at the same quantity on the same day: nobody could tell which counts."""

    def sentence(self) -> str:
        return gettext(
            "This list already has an entry for this product and this quantity that begins on %(day)s. "
            "Change that one instead.",
            day=longdate(self.facts["on"]),
        )


@dataclass(frozen=True, kw_only=True)
class EntryFacts:
    """What was typed, checked: ``unit_price`` without VAT or ``discount`` in per cent, the other None."""

    product_id: int
    from_quantity: Decimal
    unit_price: Decimal | None
    discount: Decimal | None
    days: Days


def add_entry(session: Session, price_list: PriceList, facts: EntryFacts) -> PriceListEntry:
    """``price_list`` is locked. Raises EntryTwice."""
    entry = PriceListEntry(price_list_id=price_list.id)
    session.add(entry)
    with session.no_autoflush:
        change_entry(session, entry, facts)
    return entry


def change_entry(session: Session, entry: PriceListEntry, facts: EntryFacts) -> None:
    """The list of ``entry`` is locked. Raises EntryTwice."""
    twin = sa.select(PriceListEntry.id).where(
        PriceListEntry.price_list_id == entry.price_list_id,
        PriceListEntry.product_id == facts.product_id,
        PriceListEntry.from_quantity == facts.from_quantity,
        PriceListEntry.valid_from == facts.days.first,
        PriceListEntry.archived_at.is_(None),
        PriceListEntry.id != (entry.id or 0),
    )
    if session.scalar(twin) is not None:
        raise EntryTwice(product=facts.product_id, on=facts.days.first)
    entry.product_id, entry.from_quantity = facts.product_id, facts.from_quantity
    entry.unit_price, entry.discount = facts.unit_price, facts.discount
    entry.valid_from, entry.valid_to = facts.days.first, facts.days.last


def entries_listed(session: Session, price_list_id: int, place: Place) -> Page:
    """Entries that were not ended, each with its product: by reference, then quantity, then first day."""
    found = (
        sa.select(PriceListEntry, Product)
        .join(Product, Product.id == PriceListEntry.product_id)
        .where(PriceListEntry.price_list_id == price_list_id, PriceListEntry.archived_at.is_(None))
    )
    return page_of(session, found, BY_PRODUCT, place)


def entry_shown(session: Session, entry_id: int) -> tuple[PriceListEntry, PriceList]:
    """With its product and its list. Raises NotFound, also for one that was ended."""
    entry = session.scalar(
        sa.select(PriceListEntry)
        .where(PriceListEntry.id == entry_id, PriceListEntry.archived_at.is_(None))
        .options(joinedload(PriceListEntry.product))
    )
    if entry is None:
        raise NotFound(entry=entry_id)
    return entry, session.get_one(PriceList, entry.price_list_id)


def entry_to_act_on(session: Session, entry_id: int) -> PriceListEntry:
    """Its list locked. Raises NotFound, also for one that was ended."""
    entry, price_list = entry_shown(session, entry_id)
    session.refresh(price_list, with_for_update=True)
    session.refresh(entry)
    if entry.archived_at is not None:
        raise NotFound(entry=entry_id)
    return entry
