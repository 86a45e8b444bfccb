"""Each person's choice of the way they hear of what."""

from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.errors import Refusal
from backoffice.notices.models import AT_FIRST, NEVER_SILENT, ChannelChoice, Channels, NoticeKind
from backoffice.staff.accounts import account_to_act_on


class NothingHeard(Refusal):
    """Both ways are closed for something that cannot wait. Fact: ``kinds``."""

    def sentence(self) -> str:
        return gettext("Keep at least one of the two.")


def choices_of(session: Session, staff_id: int) -> dict[NoticeKind, Channels]:
    """Of every kind, from one statement."""
    chosen = session.scalars(sa.select(ChannelChoice).where(ChannelChoice.staff_id == staff_id))
    return AT_FIRST | {each.kind: each.channels for each in chosen}


def choose(session: Session, staff_id: int, wanted: Mapping[NoticeKind, Channels]) -> None:
    """From now on. Raises NothingHeard."""
    silent = {kind for kind in NEVER_SILENT & wanted.keys() if wanted[kind].is_silent}
    if silent:
        raise NothingHeard(kinds=silent)
    account_to_act_on(session, staff_id)  # locked: two pages of one person do not write the same row
    former = session.scalars(sa.select(ChannelChoice).where(ChannelChoice.staff_id == staff_id))
    rows = {each.kind: each for each in former}
    for kind, channels in wanted.items():
        row = rows.get(kind)
        if channels == AT_FIRST[kind]:
            if row is not None:
                session.delete(row)
            continue
        if row is None:
            row = ChannelChoice(staff_id=staff_id, kind=kind)
            session.add(row)
        row.by_notice, row.by_mail = channels.notice, channels.mail
