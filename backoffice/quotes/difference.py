"""How the working paper differs from the version that the client has: counted, for ``comparison`` tells it whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backoffice.comparison.shape import lines_of, said_by, terms_of
from backoffice.quotes.content import Paper, content_of
from backoffice.quotes.models import QuoteVersion

OF_EVERY_VERSION = frozenset({"schema", "version", "issued_on"})
"""What differs from one version to the next in any case."""
OF_THE_LINES = frozenset({"lines", "totals"})
FOLLOWS_THE_LINES = frozenset({"deposit", "texts"})
"""What holds amounts of the lines among other things: compared without these."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """``lines``: how many were added, removed or changed; ``order``: lines stand elsewhere; ``paper``: all else."""

    lines: int
    order: bool
    paper: bool

    def __bool__(self) -> bool:
        return bool(self.lines or self.order or self.paper)


def difference(version: QuoteVersion, paper: Paper, on: date) -> Difference:
    """What sending now would change for the client."""
    content = version.read()
    next_content = content_of(paper, number=content["number"], version=content["version"], on=on)
    before, now = lines_of(content), lines_of(next_content)
    changed = sum(before.get(key) != now.get(key) for key in before.keys() | now.keys())
    kept_before = [key for key in before if key in now]
    kept_now = [key for key in now if key in before]
    rest = next_content.keys() - OF_EVERY_VERSION - OF_THE_LINES - FOLLOWS_THE_LINES
    differs = any(said_by(content, name) != next_content[name] for name in rest)
    differs = differs or _terms(content) != _terms(next_content)
    return Difference(lines=changed, order=kept_before != kept_now, paper=differs)


def _terms(content: Mapping[str, Any]) -> tuple[Any, ...]:
    """Deposit and wordings but for the amounts in them."""
    deposit = said_by(content, "deposit")
    return deposit and (deposit["kind"], deposit["percent"]), list(terms_of(content).items())
