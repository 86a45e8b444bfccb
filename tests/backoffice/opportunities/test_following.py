"""A deal follows its quote: forward only, never out of a final phase."""

from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from backoffice import clock
from backoffice.db import Bilingual, db
from backoffice.opportunities.following import opportunity_follows
from backoffice.opportunities.models import (
    Opportunity,
    Outcome,
    Phase,
    PhaseTrigger,
    Pipeline,
    QuoteMoment,
)
from backoffice.quotes.events import QuoteSent, QuoteSigned
from backoffice.timeline.models import EntryKind, TimelineEntry
from backoffice.work import unit_of_work
from tests.factories import an_opportunity

# The final phases come first, so that nothing but their outcome keeps a deal in them.
PHASES = {
    "lost": Outcome.LOST,
    "expired": Outcome.EXPIRED,
    "won": Outcome.WON,
    "first": Outcome.OPEN,
    "sent": Outcome.OPEN,
    "talks": Outcome.OPEN,
    "signed": Outcome.WON,
}


def a_deal_in(phase: str) -> tuple[int, dict[str, int]]:
    deal = an_opportunity(lines=[])
    with unit_of_work() as session:
        pipeline = Pipeline(
            name=Bilingual("Autre", "Other"),
            phases=[
                Phase(position=position, name=Bilingual(name), probability=Decimal(50), outcome=outcome)
                for position, (name, outcome) in enumerate(PHASES.items())
            ],
        )
        session.add(pipeline)
        session.flush()
        ids = {each.name.fr: each.id for each in pipeline.phases}
        for moment, target in ((QuoteMoment.SENT, "sent"), (QuoteMoment.SIGNED, "signed")):
            session.add(PhaseTrigger(pipeline_id=pipeline.id, moment=moment, phase_id=ids[target]))
        row = session.get_one(Opportunity, deal)
        row.pipeline_id, row.phase_id = pipeline.id, ids[phase]
    return deal, ids


def facts_of(deal: int) -> tuple[int, int, int]:
    """Phase, revision, and how many moves its history tells."""
    db.session.rollback()
    db.session.expunge_all()
    row = db.session.get_one(Opportunity, deal)
    moves = sa.select(sa.func.count(TimelineEntry.id)).where(
        TimelineEntry.opportunity_id == deal, TimelineEntry.kind == EntryKind.PHASE_MOVED
    )
    return row.phase_id, row.revision, db.session.scalar(moves) or 0


def sent(deal: int) -> QuoteSent:
    return QuoteSent(
        quote_id=1, version_id=1, opportunity_id=deal, link_id=1, by=1, mailed=True, at=clock.now()
    )


def signed(deal: int) -> QuoteSigned:
    return QuoteSigned(
        quote_id=1, version_id=1, opportunity_id=deal, signature_id=1, link_id=1, at=clock.now()
    )


@pytest.mark.parametrize(
    ("before", "happens", "after"),
    [
        ("first", sent, "sent"),
        ("sent", sent, "sent"),
        ("talks", sent, "talks"),
        ("won", sent, "won"),
        ("lost", sent, "lost"),
        ("expired", sent, "expired"),
        ("signed", sent, "signed"),
        ("first", signed, "signed"),
        ("sent", signed, "signed"),
        ("talks", signed, "signed"),
        ("signed", signed, "signed"),
        ("won", signed, "won"),
        ("lost", signed, "lost"),
        ("expired", signed, "expired"),
    ],
)
def test_a_deal_moves_forward_only_and_never_out_of_a_final_phase(app: Flask, before, happens, after):
    deal, ids = a_deal_in(before)
    _, revision, moves = facts_of(deal)
    with unit_of_work() as session:
        opportunity_follows(happens(deal), session)
    moved = int(before != after)
    assert facts_of(deal) == (ids[after], revision + moved, moves + moved)


def test_a_pipeline_that_names_no_phase_for_the_moment_moves_nothing(app: Flask):
    deal, ids = a_deal_in("first")
    with unit_of_work() as session:
        session.execute(sa.delete(PhaseTrigger))
    with unit_of_work() as session:
        opportunity_follows(sent(deal), session)
    assert facts_of(deal)[0] == ids["first"]
