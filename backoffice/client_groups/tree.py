"""Groups of clients above one another: chain, region, shop. Never in a circle, never too many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.clients.models import Client
from backoffice.errors import Conflict, NotFound, Refusal
from backoffice.pricing.models import DEEPEST, ClientGroup


class GroupInCircle(Refusal):
    """A group would be above itself."""

    def sentence(self) -> str:
        return gettext(
            "“%(parent)s” is below this group already. Choose a group that is not.",
            parent=self.facts["parent"],
        )


class GroupsTooDeep(Refusal):
    def sentence(self) -> str:
        return gettext("At most %(most)s groups may stand above one another.", most=DEEPEST)


class GroupInUse(Conflict):
    """Clients, or groups below it, would silently pay other prices."""

    def sentence(self) -> str:
        return gettext("Clients or groups still belong to this group. Put them elsewhere first.")


class GroupAboveArchived(Conflict):
    """Clients would inherit from a group that nobody looks after any more."""

    def sentence(self) -> str:
        return gettext("The group above it is archived. Restore that one first.")


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A group with the names of those above it, the nearest first, and how many clients are in it.

    ``is_used``: clients, or groups that are not archived, belong to it.
    """

    group: ClientGroup
    above: Sequence[str]
    clients: int
    is_used: bool


def branches(session: Session) -> Sequence[Branch]:
    """All groups, each below the one that it belongs to, in two statements."""
    groups = {group.id: group for group in session.scalars(sa.select(ClientGroup))}
    rows = session.execute(
        sa.select(Client.group_id, sa.func.count(Client.id))
        .where(Client.group_id.is_not(None), Client.archived_at.is_(None))
        .group_by(Client.group_id)
    )
    counted = {key: count for key, count in rows}  # noqa: C416 - a row is no pair to a checker of types
    parents = {group.parent_id for group in groups.values() if group.archived_at is None}
    found = []
    for group in groups.values():
        above = [each.name for each in ancestors(groups, group.parent_id)]
        clients = counted.get(group.id, 0)
        is_used = clients > 0 or group.id in parents
        found.append(Branch(group=group, above=above, clients=clients, is_used=is_used))
    return sorted(found, key=lambda each: (_path(each), each.group.id))


def _path(branch: Branch) -> list[str]:
    """From the top down to the group itself."""
    return [name.casefold() for name in (*reversed(branch.above), branch.group.name)]


def ancestors(groups: Mapping[int, ClientGroup], parent_id: int | None) -> list[ClientGroup]:
    """The group of that id and those above it, the nearest first."""
    above: list[ClientGroup] = []
    while parent_id is not None and len(above) <= DEEPEST:
        above.append(groups[parent_id])
        parent_id = groups[parent_id].parent_id
    return above


def all_locked(session: Session) -> Mapping[int, ClientGroup]:
    """Every group, so that two moves at once cannot make a circle together."""
    rows = session.scalars(
        sa.select(ClientGroup)
        .order_by(ClientGroup.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {group.id: group for group in rows}


def group_shown(session: Session, group_id: int) -> ClientGroup:
    """Archived or not. Raises NotFound."""
    group = session.get(ClientGroup, group_id)
    if group is None:
        raise NotFound(group=group_id)
    return group


def group_in(groups: Mapping[int, ClientGroup], group_id: int) -> ClientGroup:
    """Raises NotFound."""
    if group_id not in groups:
        raise NotFound(group=group_id)
    return groups[group_id]


def put_under(groups: Mapping[int, ClientGroup], group: ClientGroup, parent_id: int | None) -> None:
    """``groups`` are all of them, locked. Raises NotFound, GroupInCircle, GroupsTooDeep."""
    if parent_id is None:
        group.parent_id = None
        return
    parent = group_in(groups, parent_id)
    if parent.archived_at is not None and parent_id != group.parent_id:
        raise NotFound(group=parent_id)
    above = ancestors(groups, parent_id)
    if group in above:
        raise GroupInCircle(group=group.id, parent=parent.name)
    if len(above) + _depth(groups, group) > DEEPEST:
        raise GroupsTooDeep(group=group.id)
    group.parent_id = parent_id


def _depth(groups: Mapping[int, ClientGroup], group: ClientGroup) -> int:
    """How many groups stand below one another from this one on, itself included."""
    below = [
        len(ancestors(groups, each.id)) for each in groups.values() if group in ancestors(groups, each.id)
    ]
    own = len(ancestors(groups, group.parent_id))
    return max(below, default=own + 1) - own


def restore_group(groups: Mapping[int, ClientGroup], group: ClientGroup) -> None:
    """``groups`` are all of them, locked. Raises GroupAboveArchived."""
    if any(each.archived_at is not None for each in ancestors(groups, group.parent_id)):
        raise GroupAboveArchived(group=group.id)
    group.archived_at = None


def archive_group(session: Session, group: ClientGroup, *, at: datetime) -> None:
    """``group`` is locked. Raises GroupInUse."""
    members = sa.select(Client.id).where(Client.group_id == group.id, Client.archived_at.is_(None))
    below = sa.select(ClientGroup.id).where(
        ClientGroup.parent_id == group.id, ClientGroup.archived_at.is_(None)
    )
    if session.scalar(members.limit(1)) is not None or session.scalar(below.limit(1)) is not None:
        raise GroupInUse(group=group.id)
    group.archived_at = group.archived_at or at
