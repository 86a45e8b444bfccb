"""What a client answered, as the page of their deal tells it."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.answers.models import Refusal, RenewalWish
from backoffice.answers.queries import Exchange, exchanges_of
from backoffice.links.models import ClientLink
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.staff.models import StaffMember


@dataclass(frozen=True, kw_only=True)
class Told:
    """``refusal`` and ``wish`` are of the version that the client has; with who of ours recorded, or who asks."""

    exchanges: Sequence[Exchange]
    awaits_reply: bool
    refusal: Refusal | None
    recorded_by: str
    wish: RenewalWish | None
    asked_by: str

    def __bool__(self) -> bool:
        return bool(self.exchanges or self.refusal or self.wish)


def told_of(session: Session, version: QuoteVersion) -> Told:
    refusal = wish = None
    recorded_by = asked_by = ""
    if version.state is VersionState.REFUSED:
        row = session.execute(
            sa.select(Refusal, StaffMember.name)
            .outerjoin(StaffMember, StaffMember.id == Refusal.recorded_by)
            .where(Refusal.version_id == version.id)
        ).one_or_none()
        refusal, recorded_by = (row[0], row[1] or "") if row else (None, "")
    else:
        found = session.execute(
            sa.select(RenewalWish, ClientLink.name)
            .join(ClientLink, ClientLink.id == RenewalWish.link_id)
            .where(RenewalWish.version_id == version.id)
            .order_by(RenewalWish.id.desc())
            .limit(1)
        ).one_or_none()
        wish, asked_by = (found[0], found[1]) if found else (None, "")
    return Told(
        exchanges=exchanges_of(session, version.quote_id),
        awaits_reply=version.state is VersionState.CHANGES_REQUESTED,
        refusal=refusal,
        recorded_by=recorded_by,
        wish=wish,
        asked_by=asked_by,
    )
