"""What happens when an acceptance is recorded."""

from dataclasses import dataclass

from backoffice.answers.events import OfVersion
from backoffice.events import Event


@dataclass(frozen=True, kw_only=True)
class QuoteAccepted(OfVersion, Event):
    """Otherwise than on the client's page; ``by`` is who of ours recorded it, at ``at``."""

    acceptance_id: int
    by: int
