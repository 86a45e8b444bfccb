"""Where lines stand: inserted, duplicated, moved, removed and brought back."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.errors import NotFound
from backoffice.opportunities.lines import line_of, refuse_above_most, renumber, touch
from backoffice.opportunities.models import LineKind, Opportunity, OpportunityLine

OF_ITS_OWN = frozenset({"id", "uuid", "position", "revision", "removed_at"})
"""What a copy of a line does not share with it."""
KEPT = timedelta(days=30)
"""How long a line that was removed can be brought back."""


def put_after(deal: Opportunity, new: Sequence[OpportunityLine], after: UUID | None) -> None:
    """Move ``new`` lines, in their order, below another; when that is gone, or None, they stay at the end."""
    rest = _without(deal.lines, new)
    place = next((place for place, each in enumerate(rest, start=1) if each.uuid == after), None)
    if place is not None:
        _stand(deal, [*rest[:place], *new, *rest[place:]])


def duplicate(deal: Opportunity, uuid: UUID, *, new: UUID | None = None) -> OpportunityLine:
    """The same once more, below it; ``new``: the identity it gets. Raises TooManyLines."""
    line = line_of(deal, uuid)
    refuse_above_most(len(deal.lines) + 1)
    columns = [each.key for each in sa.inspect(OpportunityLine).column_attrs if each.key not in OF_ITS_OWN]
    copy = OpportunityLine(uuid=new or uuid4(), **{name: getattr(line, name) for name in columns})
    deal.lines.append(copy)
    put_after(deal, [copy], uuid)
    return copy


def move(deal: Opportunity, uuid: UUID, *, by: int) -> None:
    """Up (negative) or down by one, as far as there is room; a section goes with its lines, past other sections."""
    line = line_of(deal, uuid)
    lines = list(deal.lines)
    if line.is_section:
        blocks = _blocks(lines)
        place = next(place for place, block in enumerate(blocks) if block[0] is line)
        to = max(0, min(len(blocks) - 1, place + by))
        blocks.insert(to, blocks.pop(place))
        _stand(deal, [each for block in blocks for each in block])
    else:
        place = lines.index(line)
        lines.insert(max(0, min(len(lines) - 1, place + by)), lines.pop(place))
        _stand(deal, lines)


def move_before(deal: Opportunity, uuid: UUID, before: UUID | None) -> None:
    """To where ``before`` stands; to the end for None. A section goes with its lines, to a place outside of them."""
    line = line_of(deal, uuid)
    if before is not None:
        line_of(deal, before)
    lines = list(deal.lines)
    moving = next(block for block in _blocks(lines) if line in block) if line.is_section else [line]
    if any(each.uuid == before for each in moving):
        return
    rest = _without(lines, moving)
    place = next((place for place, each in enumerate(rest) if each.uuid == before), len(rest))
    _stand(deal, [*rest[:place], *moving, *rest[place:]])


def offer_otherwise(deal: Opportunity, uuid: UUID, *, optional: bool | None = None) -> list[OpportunityLine]:
    """A firm line becomes an option and an option firm; a variant becomes the one that is chosen at first.

    ``optional``: what it is to be, so that asking twice changes nothing; None for the other than it is.
    Gives the lines that are offered otherwise now.
    """
    line = line_of(deal, uuid)
    variants = variants_beside(deal, line)
    for each in variants:
        if each.is_taken is not (
            each is line
        ):  # the others say what they said: nobody who types there is disturbed
            each.is_taken = each is line
            each.revision += 1
    if not variants and line.is_item and line.is_optional is not optional:
        line.is_optional = not line.is_optional
        line.is_taken = False
        line.revision += 1
    touch(deal)
    return variants or [line]


def variants_beside(deal: Opportunity, line: OpportunityLine) -> list[OpportunityLine]:
    """The items of which the client takes one, ``line`` among them; nothing when it is no variant."""
    for block in _blocks(deal.lines):
        if block[0].is_section and block[0].one_of and line in block[1:] and line.is_item:
            return [each for each in block if each.is_item]
    return []


def remove(deal: Opportunity, uuid: UUID, *, at: datetime) -> OpportunityLine:
    """Out of the paper; ``bring_back`` undoes it."""
    line = line_of(deal, uuid)
    line.removed_at = at
    touch(deal)
    return line


def bring_back(session: Session, deal: Opportunity, uuid: UUID) -> OpportunityLine:
    """A removed line, to where it stood. Raises NotFound, TooManyLines."""
    line = session.scalar(
        sa.select(OpportunityLine).where(
            OpportunityLine.uuid == uuid, OpportunityLine.opportunity_id == deal.id
        )
    )
    if line is None:
        raise NotFound(line=str(uuid))
    if line.removed_at is not None:
        refuse_above_most(len(deal.lines) + 1)
        line.removed_at = None
        touch(deal)
    return line


def forget_removed(session: Session, *, at: datetime) -> None:
    """Lines that nobody brought back."""
    session.execute(sa.delete(OpportunityLine).where(OpportunityLine.removed_at < at - KEPT))


def _blocks(lines: Sequence[OpportunityLine]) -> list[list[OpportunityLine]]:
    """Each section with the lines below it; those before the first one on their own."""
    blocks: list[list[OpportunityLine]] = []
    for line in lines:
        if line.kind is LineKind.SECTION or not blocks:
            blocks.append([line])
        else:
            blocks[-1].append(line)
    return blocks


def _without(lines: Iterable[OpportunityLine], left_out: Iterable[OpportunityLine]) -> list[OpportunityLine]:
    keys = {each.uuid for each in left_out}
    return [each for each in lines if each.uuid not in keys]


def _stand(deal: Opportunity, lines: Sequence[OpportunityLine]) -> None:
    places = {line.uuid: place for place, line in enumerate(lines)}
    deal.lines.sort(key=lambda each: places[each.uuid])
    renumber(deal)
