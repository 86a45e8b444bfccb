"""Everything that one of ours is told of, each made to happen by the act that makes it happen in life."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.answers.answering import ask_for_renewal, record_expiry, refuse_quote
from backoffice.db import db
from backoffice.links.models import ClientLink
from backoffice.notices.models import Notice, NoticeKind
from backoffice.notifications.events import MailGivenUp
from backoffice.notifications.models import MailState, OutgoingMail
from backoffice.opportunities.queries import deal_to_act_on
from backoffice.outcomes.handing_over import hand_over
from backoffice.quotes.models import QuoteVersion
from backoffice.staff.models import Role
from backoffice.work import unit_of_work
from tests.factories import (
    a_member,
    a_request,
    a_sent_quote,
    a_task,
    accepted,
    accepting,
    an_opportunity,
    answering,
    kept_file,
    signed,
)


@dataclass(frozen=True)
class Firm:
    """Julien has a deal with a quote at the client's; his manager has another deal."""

    julien: int
    helene: int
    deal: int
    hers: int
    quote: int
    link: ClientLink

    def version(self, session: Session) -> QuoteVersion:
        return session.scalars(sa.select(QuoteVersion).where(QuoteVersion.quote_id == self.quote)).one()


@pytest.fixture
def firm(app: Flask) -> Firm:
    julien = a_member(Role.REP)
    helene = a_member(Role.MANAGER, name="Hélène Duval")
    deal, hers = an_opportunity(julien), an_opportunity(helene, title="Vitrine")
    quote, link = a_sent_quote(deal)
    return Firm(julien, helene, deal, hers, quote, link)


def sign(firm: Firm) -> None:
    with unit_of_work() as session:
        signed(session, firm.quote, firm.link, clock.now())


def accept(firm: Firm) -> None:
    proof = kept_file()
    with unit_of_work() as session:
        accepted(session, firm.quote, accepting(firm.helene), [proof])


def ask(firm: Firm) -> None:
    a_request(firm.quote, firm.link)


def refuse(firm: Firm) -> None:
    with unit_of_work() as session:
        digest = firm.version(session).digest
        refuse_quote(
            session, firm.quote, answering(firm.link), None, "Trop cher", at=clock.now(), seen_as=digest
        )


def wish(firm: Firm) -> None:
    with unit_of_work() as session:
        ask_for_renewal(session, firm.quote, firm.link.id, at=firm.version(session).closes_at)


def expire(firm: Firm) -> None:
    with unit_of_work() as session:
        assert record_expiry(session, firm.quote, at=firm.version(session).closes_at)


def give_up(firm: Firm, error: str = "refused: 550 no such person") -> None:
    """As a worker does with the invitation; tests/backoffice/delivery/test_given_up.py has a real server."""
    with unit_of_work() as session:
        mail = session.scalars(sa.select(OutgoingMail).where(OutgoingMail.link_id == firm.link.id)).first()
        assert mail is not None
        mail.state, mail.last_error = MailState.FAILED, error
        session.flush()
        mail.record(MailGivenUp(mail_id=mail.id, opportunity_id=firm.deal, at=clock.now()))


def hand(firm: Firm) -> None:
    with unit_of_work() as session:
        deal = deal_to_act_on(session, firm.hers, sa.true())
        assert hand_over(session, deal, to=firm.julien, by=firm.helene, at=clock.now())


def assign(firm: Firm) -> None:
    a_task(firm.hers, firm.helene, firm.julien, title="Prendre les mesures")


HAPPENS: dict[NoticeKind, Callable[[Firm], None]] = {
    NoticeKind.QUOTE_SIGNED: sign,
    NoticeKind.QUOTE_ACCEPTED: accept,
    NoticeKind.CHANGES_REQUESTED: ask,
    NoticeKind.QUOTE_REFUSED: refuse,
    NoticeKind.RENEWAL_ASKED: wish,
    NoticeKind.QUOTE_EXPIRED: expire,
    NoticeKind.MAIL_UNDELIVERED: give_up,
    NoticeKind.HANDED_OVER: hand,
    NoticeKind.TASK_ASSIGNED: assign,
}


def notices(*conditions: sa.ColumnElement[bool]) -> list[Notice]:
    """As the table has them now, the oldest first."""
    with Session(db.engine) as session:
        return list(session.scalars(sa.select(Notice).where(*conditions).order_by(Notice.id)))


def mails(*conditions: sa.ColumnElement[bool]) -> list[OutgoingMail]:
    with Session(db.engine) as session:
        return list(session.scalars(sa.select(OutgoingMail).where(*conditions).order_by(OutgoingMail.id)))


def told(staff: int, deal: int, count: int, *, first: int | None = None) -> list[int]:
    """So many notices; the ids, the oldest first. ``first``: the id of the first."""
    with unit_of_work() as session:
        made = [
            Notice(
                id=None if first is None else first + position,
                staff_id=staff,
                kind=NoticeKind.QUOTE_EXPIRED,
                opportunity_id=deal,
                facts={"quote_number": f"D-{position}", "client": "Mme Moreau", "title": f"Deal {position}"},
                created_at=clock.now(),
            )
            for position in range(count)
        ]
        session.add_all(made)
        session.flush()
        return [each.id for each in made]
