"""What a rep may compare: each version of a quote, and its working paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.comparison.comparing import Comparison, compare
from backoffice.errors import NotFound
from backoffice.language import shortdate
from backoffice.opportunities.models import Opportunity
from backoffice.quotes.content import content_of
from backoffice.quotes.models import Quote
from backoffice.quotes.queries import paper_of

PAPER = "paper"


@dataclass(frozen=True)
class Compared:
    """``versions``: all there are; ``before`` and ``after``: number of a version, as text, or PAPER.

    ``comparison`` is None while there is no version.
    """

    quote: Quote
    deal: Opportunity
    timezone: str
    before: str
    after: str
    comparison: Comparison | None

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What may be compared, newest first, in words."""
        versions = [
            (str(version.number), self._words(version.number, version.frozen_at))
            for version in reversed(self.quote.versions)
        ]
        return [(PAPER, gettext("Working paper")), *versions]

    def _words(self, number: int, at: datetime) -> str:
        day = shortdate(clock.day_of(at, self.timezone))
        return gettext("Version %(version)s, %(day)s", version=number, day=day)


def compared_sides(
    session: Session, quote: Quote, deal: Opportunity, *, before: str, after: str, timezone: str, at: datetime
) -> Compared:
    """``before``: by default what the client has, or had last; ``after``: by default the paper. Raises NotFound.

    ``quote`` comes with its versions, ``deal`` as ``content_of`` needs it; ``timezone``: the seller's.
    """
    sent = next((version for version in quote.versions if version.id == quote.live_version_id), quote.latest)
    before, after = before or (str(sent.number) if sent else ""), after or PAPER
    if sent is None:
        return Compared(quote, deal, timezone, before, after, None)
    versions = {str(version.number): version for version in quote.versions}
    if not {before, after} <= {*versions, PAPER}:
        raise NotFound(quote=quote.id)

    on = clock.day_of(at, timezone)
    old, new = (
        versions[side].read() if side != PAPER else _paper(session, quote, deal, on)
        for side in (before, after)
    )
    return Compared(quote, deal, timezone, before, after, compare(old, new, quote.language))


def _paper(session: Session, quote: Quote, deal: Opportunity, on: date) -> Mapping[str, Any]:
    paper = paper_of(session, quote, deal, on)
    return content_of(paper, number=quote.number or "", version=quote.next_number, on=on)
