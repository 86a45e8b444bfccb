"""The pipeline that an installation begins with."""

from decimal import Decimal

from sqlalchemy.orm import Session

from backoffice.db import Bilingual
from backoffice.opportunities.models import Outcome, Phase, PhaseTrigger, Pipeline, QuoteMoment

PHASES = (
    # French, English, probability, outcome, the moment of a quote that leads here
    ("Qualification", "Qualification", "20", Outcome.OPEN, None),
    ("Visite", "Visit", "40", Outcome.OPEN, None),
    ("Devis envoyé", "Quote sent", "60", Outcome.OPEN, QuoteMoment.SENT),
    ("Négociation", "Negotiation", "70", Outcome.OPEN, QuoteMoment.CHANGES_REQUESTED),
    ("Devis signé", "Quote signed", "90", Outcome.OPEN, QuoteMoment.SIGNED),
    ("Gagnée", "Won", "100", Outcome.WON, None),
    ("Perdue", "Lost", "0", Outcome.LOST, QuoteMoment.REFUSED),
    ("Expirée", "Expired", "0", Outcome.EXPIRED, QuoteMoment.EXPIRED),
)


def add_standard_pipeline(session: Session) -> Pipeline:
    """With its phases, and what moves a deal along them; flushed."""
    pipeline = Pipeline(
        name=Bilingual("Standard", "Standard"),
        phases=[
            Phase(position=position, name=Bilingual(fr, en), probability=Decimal(chance), outcome=outcome)
            for position, (fr, en, chance, outcome, _moment) in enumerate(PHASES)
        ],
    )
    session.add(pipeline)
    session.flush()  # triggers name phases by id
    session.add_all(
        PhaseTrigger(pipeline_id=pipeline.id, phase_id=phase.id, moment=moment)
        for phase, (*_words, moment) in zip(pipeline.phases, PHASES, strict=True)
        if moment is not None
    )
    return pipeline
