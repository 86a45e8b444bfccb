"""How the working paper differs from the version that the client has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backoffice.opportunities.models import Opportunity
from backoffice.quotes.choice import hundredths
from backoffice.quotes.content import line_content
from backoffice.quotes.models import Quote, QuoteVersion


@dataclass(frozen=True, kw_only=True)
class Difference:
    """``lines``: how many were added, removed or changed; ``order``: lines stand elsewhere; ``paper``: title, dates…"""

    lines: int
    order: bool
    paper: bool

    def __bool__(self) -> bool:
        return bool(self.lines or self.order or self.paper)


def difference(version: QuoteVersion, quote: Quote, deal: Opportunity) -> Difference:
    """What sending now would change for the client."""
    content = version.read()
    before = {line["id"]: line for line in content["lines"]}
    now = {line["id"]: line for line in (line_content(line, quote.currency) for line in deal.lines)}
    changed = sum(before.get(key) != now.get(key) for key in before.keys() | now.keys())
    kept_before = [key for key in before if key in now]
    kept_now = [key for key in now if key in before]
    facts = _facts(quote)
    paper = any(content[name] != value for name, value in facts.items())
    return Difference(lines=changed, order=kept_before != kept_now, paper=paper)


def _facts(quote: Quote) -> Mapping[str, Any]:
    return {
        "language": quote.language,
        "title": quote.title.as_content(),
        "introduction": quote.introduction.as_content(),
        "valid_until": quote.valid_until.isoformat(),
        "discount": hundredths(quote.discount),
        "payment_days": quote.payment_days,
    }
