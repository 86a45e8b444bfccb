"""Every answer × every state × whoever acts: what may happen, what is refused, and what follows."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.answers.answering import (
    ask_for_renewal,
    record_expiry,
    refuse_quote,
    reply_to_request,
    request_changes,
    withdraw_quote,
)
from backoffice.answers.models import ChangeRequest, RequestReply
from backoffice.answers.queries import exchanges_of
from backoffice.answers.refusals import NewerRequest, NotExpired
from backoffice.db import db
from backoffice.errors import IllegalMove
from backoffice.links.models import ClientLink
from backoffice.notices.models import Notice, NoticeKind
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.refusals import AlreadySigned, QuoteChanged, QuoteClosed, QuoteExpired
from backoffice.quotes.states import VersionState
from backoffice.timeline.models import EntryKind, TimelineEntry
from backoffice.work import unit_of_work
from tests.factories import (
    a_further_link,
    a_request,
    a_sent_quote,
    another_recipient,
    answering,
    signed,
)

S = VersionState


def rows(entity, *conditions):
    with Session(db.engine) as session:
        return list(session.scalars(sa.select(entity).where(*conditions).order_by(entity.id)))


def put(state: VersionState) -> None:
    with db.engine.begin() as connection:
        connection.execute(sa.update(QuoteVersion).values(state=state))


class Act:
    """One of the acts on a quote, done now unless said otherwise."""

    def __init__(self, quote: int, link: ClientLink, by: int) -> None:
        (version,) = rows(QuoteVersion, QuoteVersion.quote_id == quote)
        self.quote, self.link, self.by = quote, link, by
        self.digest, self.closes_at = version.digest, version.closes_at

    def __call__(self, name: str, at: datetime | None = None) -> None:
        at = at or clock.now()
        with unit_of_work() as session:
            getattr(self, name)(session, at)

    def ask(self, session, at):
        request_changes(session, self.quote, answering(self.link), "En chêne", at=at, seen_as=self.digest)

    def refuse(self, session, at):
        refuse_quote(session, self.quote, answering(self.link), None, "", at=at, seen_as=self.digest)

    def sign(self, session, at):
        signed(session, self.quote, self.link, at)

    def withdraw(self, session, at):
        withdraw_quote(session, self.quote, "Erreur de prix", seen_as=self.digest, by=self.by, at=at)

    def expire(self, session, at):
        assert record_expiry(session, self.quote, at=max(at, self.closes_at))

    def renew(self, session, at):
        ask_for_renewal(session, self.quote, self.link.id, at=at)


@pytest.fixture
def act(app) -> Act:
    quote, link = a_sent_quote()
    by = rows(QuoteVersion)[0].frozen_by
    return Act(quote, link, by)


OPEN = {
    "ask": S.CHANGES_REQUESTED,
    "refuse": S.REFUSED,
    "sign": S.SIGNED,
    "withdraw": S.WITHDRAWN,
    "expire": S.EXPIRED,
}


@pytest.mark.parametrize("state", [S.SENT, S.CHANGES_REQUESTED])
@pytest.mark.parametrize("name", OPEN)
def test_what_is_open_may_be_answered_in_every_way(act, state, name):
    put(state)
    act(name)
    assert rows(QuoteVersion)[0].state is OPEN[name]


@pytest.mark.parametrize("state", [S.SIGNED, S.REFUSED, S.EXPIRED, S.WITHDRAWN, S.SUPERSEDED])
@pytest.mark.parametrize("name", OPEN)
def test_what_is_over_takes_no_answer_and_nothing_is_left_of_it(act, state, name):
    put(state)
    before = (len(rows(TimelineEntry)), len(rows(OutgoingMail)), len(rows(Notice)))
    expected: dict[VersionState, type[Exception]] = {S.SIGNED: AlreadySigned, S.EXPIRED: QuoteExpired}
    refusal: type[BaseException] = expected.get(state, QuoteClosed)
    if name == "withdraw" and state is S.EXPIRED:
        refusal = QuoteClosed
    if name == "expire":
        refusal = AssertionError  # the sweep finds nothing to record
    with pytest.raises(refusal):
        act(name)
    assert rows(QuoteVersion)[0].state is state
    assert (len(rows(TimelineEntry)), len(rows(OutgoingMail)), len(rows(Notice))) == before


@pytest.mark.parametrize("name", ["ask", "refuse", "sign"])
def test_the_last_moment_counts_and_the_next_does_not(act, name):
    with pytest.raises(QuoteExpired):
        act(name, act.closes_at)
    act(name, act.closes_at - timedelta(microseconds=1))
    assert rows(QuoteVersion)[0].state is OPEN[name]


@pytest.mark.parametrize("name", ["ask", "refuse", "withdraw"])
def test_an_answer_to_a_version_that_was_replaced_is_refused(act, name):
    a_further_link(act.quote)
    with pytest.raises(QuoteChanged):
        act(name)
    assert [version.state for version in rows(QuoteVersion)] == [S.SUPERSEDED, S.SENT]


@pytest.mark.parametrize("state", [state for state in S if state is not S.EXPIRED])
def test_only_what_has_expired_is_renewed(act, state):
    put(state)
    with pytest.raises(NotExpired):
        act("renew")


def test_more_time_may_be_asked_for_before_any_sweep_came_by(act):
    act("renew", act.closes_at)
    assert [notice.kind for notice in rows(Notice)] == [NoticeKind.RENEWAL_ASKED]


def test_a_reply_answers_everybody_who_waits_once_each_and_the_version_is_sent_again(act):
    (colleague,) = another_recipient(act.quote, act.link, 1)
    a_request(act.quote, act.link, "Un")
    a_request(act.quote, colleague, "Deux")
    last = a_request(act.quote, act.link, "Trois")
    with unit_of_work() as session:
        reply_to_request(session, act.quote, "D’accord", read=last, by=act.by, at=clock.now())
    assert rows(QuoteVersion)[0].state is S.SENT
    mails = rows(OutgoingMail, OutgoingMail.kind == MailKind.REQUEST_ANSWERED)
    assert sorted((mail.recipient_email, mail.facts["words"], mail.link_id) for mail in mails) == sorted(
        [(act.link.email, "Trois", act.link.id), (colleague.email, "Deux", colleague.id)]
    )
    with unit_of_work() as session:
        theirs = exchanges_of(session, act.quote, link_id=colleague.id)
        own = exchanges_of(session, act.quote, link_id=act.link.id)
        every = exchanges_of(session, act.quote)
    assert [(each.request.text, each.reply is not None) for each in theirs] == [("Deux", True)]
    assert [(each.request.text, each.reply is not None) for each in own] == [("Un", False), ("Trois", True)]
    assert [each.request.text for each in every] == ["Un", "Deux", "Trois"]


def test_a_request_after_a_reply_waits_for_one_of_its_own(act):
    for number in range(2):
        asked = a_request(act.quote, act.link, f"Demande {number}")
        with unit_of_work() as session:
            reply_to_request(session, act.quote, f"Réponse {number}", read=asked, by=act.by, at=clock.now())
    assert [reply.text for reply in rows(RequestReply)] == ["Réponse 0", "Réponse 1"]
    assert len(rows(OutgoingMail, OutgoingMail.kind == MailKind.REQUEST_ANSWERED)) == 2


def test_nobody_replies_to_what_they_have_not_read_or_to_nothing(act):
    read = a_request(act.quote, act.link, "Un")
    a_request(act.quote, act.link, "Deux")
    with pytest.raises(NewerRequest), unit_of_work() as session:
        reply_to_request(session, act.quote, "Oui", read=read, by=act.by, at=clock.now())
    assert rows(RequestReply) == []
    put(S.SENT)
    with pytest.raises(IllegalMove), unit_of_work() as session:
        reply_to_request(session, act.quote, "Oui", read=read, by=act.by, at=clock.now())


def test_a_withdrawal_is_told_to_everybody_with_a_link_that_opens(act):
    kept, lost = another_recipient(act.quote, act.link, 2)
    with db.engine.begin() as connection:
        connection.execute(
            sa.update(ClientLink).where(ClientLink.id == lost.id).values(revoked_at=clock.now())
        )
    act("withdraw")
    mails = rows(OutgoingMail, OutgoingMail.kind == MailKind.QUOTE_WITHDRAWN)
    assert {mail.recipient_email for mail in mails} == {act.link.email, kept.email}
    assert {mail.facts["words"] for mail in mails} == {"Erreur de prix"}


def test_an_expiry_is_told_as_of_the_end_of_the_last_day_whenever_it_is_recorded(act):
    act("expire", act.closes_at + timedelta(days=3))
    (entry,) = rows(TimelineEntry, TimelineEntry.kind == EntryKind.QUOTE_EXPIRED)
    assert entry.at == act.closes_at
    assert [notice.kind for notice in rows(Notice)] == [NoticeKind.QUOTE_EXPIRED]


@pytest.mark.parametrize(
    "statement", ["UPDATE change_requests SET text = 'Autre chose'", "DELETE FROM change_requests"]
)
def test_what_a_client_wrote_is_frozen(act, statement):
    act("ask")
    with pytest.raises(DatabaseError, match="frozen: change_requests"), db.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert [request.text for request in rows(ChangeRequest)] == ["En chêne"]
