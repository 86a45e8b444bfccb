"""One line at a time, by several people at once: what each act of the ledger does to the working paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from backoffice.errors import Conflict, NotFound
from backoffice.ledger.several import wanted
from backoffice.ledger.sums import priced_lines
from backoffice.money import Vat
from backoffice.opportunities import arranging, lines
from backoffice.opportunities.bundles import add_all, add_from_catalogue
from backoffice.opportunities.models import Opportunity, OpportunityLine
from backoffice.opportunities.queries import deal_alone_to_act_on, deal_to_act_on
from backoffice.pricing.deals import follow_quantities
from backoffice.pricing.explained import typed_in
from backoffice.quotes.offers import Offer, offers_of
from backoffice.seller.models import ONLY, Seller


class LineGone(Conflict):
    """Somebody removed the line meanwhile."""

    def sentence(self) -> str:
        return gettext(
            "Somebody removed this line meanwhile. Bring it back below the lines to go on with it."
        )


class PlaceGone(Conflict):
    """Somebody removed the line before which another was to stand."""

    def sentence(self) -> str:
        return gettext("Somebody removed lines meanwhile. Reload the page to see where everything stands.")


@dataclass(frozen=True, kw_only=True)
class Whose:
    """A deal, and the condition of whose deals one sees."""

    deal_id: int
    visible: ColumnElement[bool]


@dataclass(frozen=True, kw_only=True)
class NewLine:
    """What is to be added. ``kind``: product, free, section or note; ``after``: the line above; ``uuid``: its own.

    ``on``: the day whose prices count.
    """

    kind: str
    words: str
    language: str
    spoken: str
    on: date
    product_id: int | None = None
    vat: Vat | None = None
    after: UUID | None = None
    uuid: UUID | None = None


def save_line(
    session: Session,
    whose: Whose,
    edit: lines.LineEdit,
    language: str,
    *,
    typist: lines.Typist,
    on: date,
    opened: int,
    resent: bool = False,
) -> OpportunityLine:
    """Write one line without loading the others; ``on``: the seller's day.

    ``opened`` and ``resent`` as for ``lines.change``. A price that nobody typed follows the quantity.
    Raises NotFound, LineGone, StaleLine, QuantityNotOffered.
    """
    deal = deal_alone_to_act_on(session, whose.deal_id, whose.visible)
    line = line_shown(session, deal, edit.uuid)
    if line.removed_at is not None:
        raise LineGone(line=str(edit.uuid))
    before = (line.quantity, line.unit_price)
    lines.change(line, edit, language, typist=typist, opened=opened, resent=resent)
    if _price_follows(line, before):
        session.refresh(deal, ["client"])
        follow_quantities(session, deal, [line], on=on)
    lines.touch(deal)
    return line


def save_lines(
    session: Session,
    deal: Opportunity,
    edits: Iterable[lines.LineEdit],
    language: str,
    *,
    typist: lines.Typist,
    on: date,
) -> None:
    """The same for many lines of ``deal``, which comes with them and its client.

    Raises NotFound for a line of another deal, QuantityNotOffered.
    """
    before = {line.uuid: (line.quantity, line.unit_price) for line in deal.lines}
    lines.apply(deal, edits, language, typist=typist)
    following = [line for line in deal.lines if _price_follows(line, before[line.uuid])]
    follow_quantities(session, deal, following, on=on)


def _price_follows(line: OpportunityLine, before: tuple[Decimal, Decimal]) -> bool:
    """Quantity breaks: another quantity may have another price, unless somebody typed one.

    ``before``: quantity and price.
    """
    quantity, price = before
    if line.quantity == quantity or line.unit_price != price or line.explanation is None:
        return False
    return typed_in(line.explanation) is None


def line_shown(session: Session, deal: Opportunity, uuid: UUID) -> OpportunityLine:
    """Removed ones too. Raises NotFound for one of another deal."""
    line = session.scalar(
        sa.select(OpportunityLine).where(
            OpportunityLine.uuid == uuid, OpportunityLine.opportunity_id == deal.id
        )
    )
    if line is None:
        raise NotFound(line=str(uuid))
    return line


def add_line(session: Session, whose: Whose, new: NewLine) -> list[OpportunityLine]:
    """The lines that were added, in their order; none for one that a former request has added already.

    Raises NotFound, NotOnSale, NoVatRate, TooManyLines.
    """
    deal = deal_to_act_on(session, whose.deal_id, whose.visible)
    if _is_made(session, deal, new.uuid):
        return []
    added = added_to(session, deal, new)
    for line in added:
        line.uuid = uuid4()
    if new.uuid is not None:
        added[0].uuid = new.uuid
    arranging.put_after(deal, added, new.after)
    return added


def _is_made(session: Session, deal: Opportunity, uuid: UUID | None) -> bool:
    """Whether a former request has made the line, be it removed since. Raises NotFound for one of another deal."""
    owner = sa.select(OpportunityLine.opportunity_id).where(OpportunityLine.uuid == uuid)
    found = None if uuid is None else session.scalar(owner)
    if found not in {None, deal.id}:
        raise NotFound(line=str(uuid))
    return found is not None


def added_to(session: Session, deal: Opportunity, new: NewLine) -> list[OpportunityLine]:
    """At the end of ``deal``, which comes with its lines."""
    match new.kind:
        case "product" if new.product_id is not None:
            seller = session.get_one(Seller, ONLY)
            return add_from_catalogue(session, deal, new.product_id, seller=seller, on=new.on)
        case "several":
            seller = session.get_one(Seller, ONLY)
            found = wanted(session, new.words, new.spoken)
            return add_all(session, deal, found, seller=seller, on=new.on)
        case "section":
            return [lines.add_section(deal, new.words, new.language)]
        case "note":
            return [lines.add_note(deal, new.words, new.language)]
    return [lines.add_free_line(deal, new.words, new.language, new.vat)]


def arrange(
    session: Session,
    whose: Whose,
    act: str,
    uuid: UUID,
    *,
    before: UUID | None = None,
    optional: bool | None = None,
    at: datetime,
) -> list[OpportunityLine]:
    """``act``: up, down, to (where ``before`` stands, None for the end), option, remove or restore.

    ``optional``: as for ``arranging.offer_otherwise``. Removed twice, a line is removed. Gives the lines that look
    otherwise now. Raises NotFound, LineGone, PlaceGone, TooManyLines.
    """
    deal = deal_to_act_on(session, whose.deal_id, whose.visible)
    if act != "restore" and line_shown(session, deal, uuid).removed_at is not None:
        if act == "remove":
            return []
        raise LineGone(line=str(uuid))
    if before is not None and line_shown(session, deal, before).removed_at is not None:
        raise PlaceGone(line=str(before))
    match act:
        case "up" | "down":
            arranging.move(deal, uuid, by=-1 if act == "up" else 1)
        case "to":
            arranging.move_before(deal, uuid, before)
        case "remove":
            arranging.remove(deal, uuid, at=at)
        case "restore":
            return [arranging.bring_back(session, deal, uuid)]
        case "option":
            return arranging.offer_otherwise(deal, uuid, optional=optional)
        case _:
            raise NotFound(act=act)
    return []


def offers_in(session: Session, whose: Whose) -> dict[UUID, Offer]:
    """How each item of a deal is offered now."""
    return offers_of(priced_lines(session, whose.deal_id))


def offered_otherwise(before: Mapping[UUID, Offer], after: Mapping[UUID, Offer]) -> list[UUID]:
    """Items of both: a line that is moved, added or removed makes others variants, firm, or the one chosen at first."""
    return [uuid for uuid, offer in after.items() if uuid in before and before[uuid] != offer]


def duplicate_line(session: Session, whose: Whose, uuid: UUID, *, new: UUID | None) -> list[OpportunityLine]:
    """None when a former request has made ``new`` already. Raises NotFound, LineGone, TooManyLines."""
    deal = deal_to_act_on(session, whose.deal_id, whose.visible)
    if _is_made(session, deal, new):
        return []
    if line_shown(session, deal, uuid).removed_at is not None:
        raise LineGone(line=str(uuid))
    return [arranging.duplicate(deal, uuid, new=new)]
