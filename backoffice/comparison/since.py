"""What changed for a client between an earlier version that they had and the one that they have."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice import clock
from backoffice.answers.models import ChangeRequest
from backoffice.comparison.comparing import Comparison, Fate, compare
from backoffice.comparison.facts import Trait
from backoffice.comparison.sentences import Told, told, told_of_paper
from backoffice.errors import NotFound
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.states import UNSENT

NAMED = 3
"""Changes that a notice names; the page of the comparison tells all."""
ASKED_FOR = (Trait.WHOLE_DISCOUNT, Trait.VALID_UNTIL, Trait.PAYMENT_DAYS, Trait.DEPOSIT, Trait.SCHEDULE)


@dataclass(frozen=True)
class Asked:
    """Who asked for another version, and on which of the seller's days; ``is_reader``: whoever reads this did."""

    name: str
    day: date
    is_reader: bool


class Since:
    """The changes from ``former`` to ``live`` as its client reads them in ``language``."""

    def __init__(
        self, former: QuoteVersion, live: QuoteVersion, language: str, asked: Asked | None = None
    ) -> None:
        self.former = former
        self.live = live
        self.asked = asked
        self.language = language

    @cached_property
    def comparison(self) -> Comparison:
        return compare(self.former.read(), self.live.read(), self.language, to_client=True)

    @cached_property
    def changes(self) -> list[Told]:
        return [told(line, self.comparison) for line in self.comparison.different]

    @cached_property
    def terms(self) -> list[Told]:
        """What one asks for besides the lines, and got."""
        paper = self.comparison.paper
        return [told_of_paper(each, self.comparison) for each in paper if each.trait in ASKED_FOR]

    @property
    def named(self) -> list[Told]:
        """The first that are more than a move."""
        return [*(each for each in self.changes if each.fate is not Fate.MOVED), *self.terms][:NAMED]

    @property
    def unnamed(self) -> int:
        """How many more there are."""
        return len(self.changes) + len(self.terms) - len(self.named)

    @cached_property
    def fates(self) -> Mapping[str, Fate]:
        """Of the lines that are new or say something else, by id: what a mark beside them tells."""
        fates = {line.id: line.fate for line in self.comparison.different}
        return {key: fate for key, fate in fates.items() if fate in {Fate.ADDED, Fate.CHANGED}}


def since_former(
    session: Session, live: QuoteVersion, language: str, *, link_id: int, email: str, timezone: str
) -> Since | None:
    """Since the version sent before, in one statement; None for the first.

    Names the last request made of that version, before all one made by this link or from this address.
    """
    if live.number == 1:
        return None
    own = (ChangeRequest.link_id == link_id) | ((ChangeRequest.email == email) & (ChangeRequest.email != ""))
    row = session.execute(
        sa.select(QuoteVersion, ChangeRequest, sa.case((own, 1), else_=0))
        .outerjoin(ChangeRequest, ChangeRequest.version_id == QuoteVersion.id)
        .where(*_sent_before(live))
        .order_by(QuoteVersion.number.desc(), sa.case((own, 0), else_=1), ChangeRequest.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    former, request, is_own = row
    if request is None:
        return Since(former, live, language)
    asked = Asked(request.name, clock.day_of(request.asked_at, timezone), bool(is_own))
    return Since(former, live, language, asked)


def since_version(session: Session, live: QuoteVersion, number: int, language: str) -> Since:
    """Since version ``number``. Raises NotFound unless it was sent before the live one."""
    former = session.scalar(sa.select(QuoteVersion).where(*_sent_before(live), QuoteVersion.number == number))
    if former is None:
        raise NotFound(version=number)
    return Since(former, live, language)


def _sent_before(live: QuoteVersion) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        QuoteVersion.quote_id == live.quote_id,
        QuoteVersion.number < live.number,
        QuoteVersion.state.not_in(UNSENT),
    )
