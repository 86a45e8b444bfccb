"""What happened to accounts, kept."""

from sqlalchemy.orm import Session

from backoffice.staff.events import AccountChanged
from backoffice.staff.models import AccountEntry


def note_account(event: AccountChanged, session: Session) -> None:
    session.add(
        AccountEntry(staff_id=event.staff_id, at=event.at, act=event.act, facts=event.facts, by_id=event.by)
    )
