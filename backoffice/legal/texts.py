"""Which wordings apply on a day, to whom, filled with facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.clients.models import Standing
from backoffice.db import Bilingual
from backoffice.legal.models import Audience, LegalText, Place


@dataclass(frozen=True)
class Filled:
    """A wording with its placeholders filled, and the version and hash of what it was made from."""

    code: str
    version: int
    sha256: str
    text: Bilingual

    def as_content(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "version": self.version,
            "sha256": self.sha256,
            "text": self.text.as_content(),
        }


def texts_in_force(session: Session, place: Place, on: date) -> Sequence[LegalText]:
    """Every wording of a place that is in force on a day, in order; a later version replaces an earlier one."""
    rows = session.scalars(
        sa.select(LegalText)
        .where(
            LegalText.place == place,
            LegalText.valid_from <= on,
            sa.or_(LegalText.valid_to.is_(None), LegalText.valid_to >= on),
        )
        .order_by(LegalText.version)
    )
    latest = {row.code: row for row in rows}
    return sorted(latest.values(), key=lambda row: row.position)


def for_standing(texts: Sequence[LegalText], standing: Standing) -> list[LegalText]:
    """Those that such a client must, or may, read: the 40 € indemnity never goes to a consumer."""
    wanted = {Audience.ALL, Audience(standing.value)}
    return [text for text in texts if text.audience in wanted]


def filled(text: LegalText, facts: Mapping[str, str | Bilingual]) -> Filled:
    """A fact may be written differently in each language.

    Raises KeyError when a placeholder has no fact: a hole in a contract is an error, not a blank.
    """
    french = {name: fact.fr if isinstance(fact, Bilingual) else fact for name, fact in facts.items()}
    english = {name: fact.en if isinstance(fact, Bilingual) else fact for name, fact in facts.items()}
    words = Bilingual(text.text.fr.format_map(french), text.text.en.format_map(english))
    return Filled(text.code, text.version, text.sha256, words)
