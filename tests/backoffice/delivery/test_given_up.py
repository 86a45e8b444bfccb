"""A mail that is given up is told to whoever has the deal; to whom, by which way, and when not."""

import pytest
import sqlalchemy as sa

from backoffice import clock
from backoffice.db import db
from backoffice.delivery import MOST_ATTEMPTS, deliver_mail
from backoffice.links.models import ClientLink
from backoffice.notices.choosing import choose
from backoffice.notices.models import Channels, Notice, NoticeKind
from backoffice.notifications.models import MailKind, MailState, OutgoingMail
from backoffice.opportunities.models import Opportunity
from backoffice.staff.models import StaffMember
from backoffice.work import unit_of_work
from tests.factories import a_member


@pytest.fixture
def owner(deal) -> StaffMember:
    with unit_of_work() as session:
        return session.get_one(StaffMember, session.get_one(Opportunity, deal.opportunity_id).owner_id)


def chosen(staff: int, kind: NoticeKind, *, notice: bool, mail: bool) -> None:
    with unit_of_work() as session:
        choose(session, staff, {kind: Channels(notice=notice, mail=mail)})


def notices() -> list[Notice]:
    with unit_of_work() as session:
        return list(session.scalars(sa.select(Notice).order_by(Notice.id)))


def letters() -> list[OutgoingMail]:
    """About mails given up."""
    with unit_of_work() as session:
        told = OutgoingMail.kind == MailKind.MAIL_UNDELIVERED
        return list(session.scalars(sa.select(OutgoingMail).where(told).order_by(OutgoingMail.id)))


@pytest.mark.parametrize(
    ("answer", "attempts"), [("550 no such person", 0), ("451 later", MOST_ATTEMPTS - 1)]
)
def test_refused_or_tried_for_the_last_time_it_is_told_once(
    served, deal, owner, write_mail, answer, attempts
):
    mail_id = write_mail(attempts=attempts)
    served.recipient_answer = answer
    deliver_mail(mail_id, clock.now())
    (notice,), (letter,) = notices(), letters()
    assert (notice.staff_id, notice.kind) == (owner.id, NoticeKind.MAIL_UNDELIVERED)
    assert (notice.facts["mail_id"], notice.facts["quote_id"]) == (mail_id, deal.quote_id)
    assert answer in notice.facts["trouble"]
    assert (letter.recipient_email, letter.opportunity_id) == (owner.email, deal.opportunity_id)
    served.recipient_answer = None
    deliver_mail(letter.id, clock.now())
    text = served.only().get_body(("plain",)).get_content()
    assert f"http://localhost/mail/{mail_id}" in text
    assert answer in text


def test_while_it_is_tried_nobody_is_disturbed(served, write_mail):
    served.recipient_answer = "451 later"
    deliver_mail(write_mail(), clock.now())
    assert (notices(), letters()) == ([], [])


def test_a_link_that_one_of_ours_withdrew_is_no_news(served, deal, write_mail, mail_row):
    mail_id = write_mail()
    with unit_of_work() as session:
        session.get_one(ClientLink, deal.link_id).revoked_at = clock.now()
    deliver_mail(mail_id, clock.now())
    assert mail_row(mail_id).state is MailState.FAILED
    assert (notices(), letters()) == ([], [])


def test_sent_again_in_vain_it_is_told_again(served, write_mail):
    served.recipient_answer = "550 no such person"
    mail_id = write_mail()
    for _ in range(2):
        deliver_mail(mail_id, clock.now())
        with unit_of_work() as session:
            session.get_one(OutgoingMail, mail_id).send_again(clock.now())
    assert (len(notices()), len(letters())) == (2, 2)


def test_a_worker_that_came_too_late_tells_nothing(served, write_mail, mail_row):
    mail_id = write_mail()
    served.recipient_answer = None
    served.data_answer = "550 no"
    engine = db.engine

    def another_takes_it() -> None:
        with engine.begin() as connection:
            connection.execute(sa.update(OutgoingMail).where(OutgoingMail.id == mail_id).values(attempts=2))

    served.on_data = another_takes_it
    deliver_mail(mail_id, clock.now())
    assert mail_row(mail_id).state is MailState.QUEUED
    assert (notices(), letters()) == ([], [])


@pytest.mark.parametrize("under_the_bell", [True, False])
def test_no_mail_is_written_about_a_mail_to_one_of_ours(served, owner, write_mail, under_the_bell):
    """Who would have read it under the bell anyway is not told twice; who would not, is."""
    chosen(owner.id, NoticeKind.QUOTE_SIGNED, notice=under_the_bell, mail=True)
    chosen(owner.id, NoticeKind.MAIL_UNDELIVERED, notice=False, mail=True)
    served.recipient_answer = "550 no such person"
    mail_id = write_mail(kind=MailKind.QUOTE_SIGNED_REP, recipient_email=owner.email, link_id=None)
    deliver_mail(mail_id, clock.now())
    assert letters() == []
    assert [each.staff_id for each in notices()] == ([] if under_the_bell else [owner.id])


def test_it_ends_when_even_the_letter_about_it_cannot_leave(served, owner, write_mail):
    chosen(owner.id, NoticeKind.MAIL_UNDELIVERED, notice=False, mail=True)
    served.recipient_answer = "550 nobody here"
    deliver_mail(write_mail(), clock.now())
    assert notices() == []
    (letter,) = letters()
    deliver_mail(letter.id, clock.now())
    assert [each.id for each in letters()] == [letter.id]
    assert [each.staff_id for each in notices()] == [owner.id]


def test_whoever_has_the_deal_now_is_told(served, deal, write_mail):
    nadia = a_member(email="nadia@atelier-duval.example", name="Nadia Lebrun")
    mail_id = write_mail()
    with unit_of_work() as session:
        session.get_one(Opportunity, deal.opportunity_id).owner_id = nadia
    served.recipient_answer = "550 no such person"
    deliver_mail(mail_id, clock.now())
    assert [each.staff_id for each in notices()] == [nadia]
