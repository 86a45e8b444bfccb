"""Mails about accounts, as a worker takes them up."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from backoffice import clock, delivery
from backoffice.db import db
from backoffice.notifications.models import MailKind, OutgoingMail


def mails(kind: MailKind) -> list[OutgoingMail]:
    db.session.rollback()
    db.session.expunge_all()
    found = db.session.scalars(
        sa.select(OutgoingMail).where(OutgoingMail.kind == kind).order_by(OutgoingMail.id)
    ).all()
    db.session.expunge_all()
    return list(found)


def claimed(mail: OutgoingMail, at: datetime | None = None) -> Any:
    """The mail with its address, as a worker takes it up; None when there is nothing to send."""
    found = delivery._claim_mail(mail.id, at or clock.now(), timedelta(minutes=2))
    db.session.rollback()
    return found


def link_in(mail: OutgoingMail) -> str:
    """The path in its words."""
    claim = claimed(mail)
    words = delivery._composed(claim.mail, claim.seller, claim.address)
    assert claim.address in words.text
    assert claim.address in words.html
    return str(claim.address).removeprefix("http://localhost")
