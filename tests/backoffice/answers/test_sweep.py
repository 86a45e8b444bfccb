"""What lapses is recorded by the sweep: exactly at its end, once, in chunks, and without keeping anybody waiting."""

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from backoffice import clock, expiry
from backoffice.answers.answering import refuse_quote
from backoffice.db import Bilingual, db
from backoffice.notices.models import Notice, NoticeKind
from backoffice.opportunities.models import Opportunity, Outcome, Phase, PhaseTrigger, QuoteMoment
from backoffice.quotes.models import Quote, QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.timeline.models import EntryKind, TimelineEntry
from backoffice.work import unit_of_work
from tests.factories import a_client, a_member, a_seller, a_sent_quote, an_opportunity, answering, signed

LONG_AGO = timedelta(days=45)


def states() -> list[VersionState]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(QuoteVersion.state).order_by(QuoteVersion.id)))


def told(kind: EntryKind) -> int:
    db.session.rollback()
    return (
        db.session.scalar(sa.select(sa.func.count(TimelineEntry.id)).where(TimelineEntry.kind == kind)) or 0
    )


def closing() -> object:
    found = db.session.scalars(sa.select(QuoteVersion.closes_at)).one()
    db.session.rollback()
    return found


def test_it_comes_a_moment_after_the_last_day_and_never_before(app):
    a_sent_quote()
    closes_at = closing()
    for early in (
        closes_at - timedelta(seconds=1),
        closes_at,
        closes_at + expiry.GRACE - timedelta(microseconds=1),
    ):
        assert expiry.record_expiries(early) == 0
    assert states() == [VersionState.SENT]
    assert expiry.record_expiries(closes_at + expiry.GRACE) == 1
    assert states() == [VersionState.EXPIRED]
    entry = db.session.scalars(
        sa.select(TimelineEntry).where(TimelineEntry.kind == EntryKind.QUOTE_EXPIRED)
    ).one()
    assert entry.at == closes_at


def test_twice_is_once(app):
    a_sent_quote(at=clock.now() - LONG_AGO)
    assert [expiry.record_expiries(clock.now()) for _sweep in range(2)] == [1, 0]
    assert told(EntryKind.QUOTE_EXPIRED) == 1
    assert (
        db.session.scalar(sa.select(sa.func.count(Notice.id)).where(Notice.kind == NoticeKind.QUOTE_EXPIRED))
        == 1
    )


def test_more_than_a_chunk_is_recorded_and_what_is_open_or_signed_is_left_alone(app, monkeypatch):
    monkeypatch.setattr(expiry, "CHUNK", 3)  # a number of ours, not what is tested
    a_seller()
    rep = a_member()
    buyer = a_client(rep)
    for number in range(7):
        a_sent_quote(an_opportunity(rep, buyer, title=f"Affaire {number}"), at=clock.now() - LONG_AGO)
    a_sent_quote(an_opportunity(rep, buyer, title="Ouverte"))
    quote, link = a_sent_quote(an_opportunity(rep, buyer, title="Signée"), at=clock.now() - LONG_AGO)
    with unit_of_work() as session:
        signed(session, quote, link, clock.now() - LONG_AGO + timedelta(days=1))
    assert expiry.record_expiries(clock.now()) == 7
    assert states() == [VersionState.EXPIRED] * 7 + [VersionState.SENT, VersionState.SIGNED]


def test_one_that_cannot_be_recorded_keeps_no_other_waiting(app, caplog):
    a_seller()
    rep = a_member()
    buyer = a_client(rep)
    first, _ = a_sent_quote(an_opportunity(rep, buyer, title="Une"), at=clock.now() - LONG_AGO)
    a_sent_quote(an_opportunity(rep, buyer, title="Autre"), at=clock.now() - LONG_AGO)
    with db.engine.begin() as connection:  # a quote whose version holds no facts that anybody could read
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            connection.exec_driver_sql("DROP TRIGGER frozen_quote_versions_update")
        connection.execute(
            sa.update(QuoteVersion).where(QuoteVersion.quote_id == first).values(content=b"{}")
        )
    assert expiry.record_expiries(clock.now()) == 1
    assert states() == [VersionState.SENT, VersionState.EXPIRED]
    assert "was not recorded" in caplog.text


def follows(deal: int, moment: QuoteMoment, outcome: Outcome) -> int:
    """A last phase of the deal's pipeline to which that moment leads; its id."""
    with unit_of_work() as session:
        pipeline = session.get_one(Opportunity, deal).pipeline_id
        phase = Phase(
            pipeline_id=pipeline,
            position=9,
            name=Bilingual("Fin", "End"),
            probability=Decimal(0),
            outcome=outcome,
        )
        session.add(phase)
        session.flush()
        session.add(PhaseTrigger(pipeline_id=pipeline, moment=moment, phase_id=phase.id))
        return phase.id


@pytest.mark.parametrize("other", [None, "open", "signed", "refused"])
@pytest.mark.parametrize("moment", [QuoteMoment.REFUSED, QuoteMoment.EXPIRED])
def test_a_deal_is_over_with_its_last_quote_only(app, moment, other):
    deal = an_opportunity()
    if other is not None:
        former, its_link = a_sent_quote(deal)
        if other == "signed":
            with unit_of_work() as session:
                signed(session, former, its_link, clock.now())
        else:
            with db.engine.begin() as connection:  # closed, that the deal may have another
                connection.execute(sa.update(Quote).values(closed_at=clock.now()))
                if other == "refused":
                    connection.execute(sa.update(QuoteVersion).values(state=VersionState.REFUSED))
    at = clock.now() - LONG_AGO
    quote, link = a_sent_quote(deal, at=at)
    said = answering(link)
    end = follows(deal, moment, Outcome.LOST if moment is QuoteMoment.REFUSED else Outcome.EXPIRED)
    if moment is QuoteMoment.EXPIRED:
        assert expiry.record_expiries(clock.now()) == 1
    else:
        digest = db.session.scalars(
            sa.select(QuoteVersion.digest).where(QuoteVersion.quote_id == quote)
        ).one()
        with unit_of_work() as session:
            refuse_quote(session, quote, said, None, "", at=at + timedelta(hours=1), seen_as=digest)
    db.session.rollback()
    db.session.expunge_all()
    assert (db.session.get_one(Opportunity, deal).phase_id == end) == (other in {None, "refused"})
