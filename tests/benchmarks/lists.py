"""Whether the thousandth page of a long list comes as quickly as the first of a short one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.benchmarks import crowd
from tests.benchmarks.installation import Installation
from tests.benchmarks.measures import WARMING, Timing
from tests.benchmarks.report import Aim, Row
from tests.benchmarks.visitor import Visitor
from tests.reader import Page

AT_MOST = 1.5
"""Times the p95 of the same page with a hundredth of the quotes."""
DEEPEST = 400
"""Pages walked to reach the middle of a list."""
HEAD = ("", "few: median", "p95", "many: median", "p95", "p95s", "statements", "")
WIDTHS = (34, 12, 9, 12, 9, 7, 10, 4)
LISTS = {
    "quotes": "/quotes",
    "opportunities": "/opportunities/list?state=all",
    "clients": "/clients",
    "orders": "/orders",
    "invoices": "/invoices",
}
PAGES = {
    "Today": "/today",
    "board": "/opportunities",
    "a quote's number": "/search?q=D-2026-004",
    "a client's name": "/search?q=cliente+7-3",
    "quotes of a client": "/quotes?q=cliente+7-3",
    "opportunities of a client": "/opportunities/list?q=cliente+7-3",
    "a word that all have": "/opportunities/list?q=bibliotheque",
    "sent quotes": "/quotes?state=sent",
    "orders to invoice": "/orders?billing=to_invoice",
    "orders invoiced in part": "/orders?billing=partly",
    "an order by its quote": "/orders?q=D-2026-004",
    "unpaid invoices": "/invoices?standing=unpaid",
    "overdue invoices": "/invoices?standing=overdue",
    "credited invoices": "/invoices?standing=credited",
    "deposit invoices": "/invoices?kind=deposit",
    "invoices of a client": "/invoices?q=cliente+7-3",
}


@dataclass(frozen=True)
class Compared:
    """One page among few quotes and among many."""

    few: Row
    many: Row

    @property
    def ratio(self) -> float:
        return self.many.p95 / self.few.p95

    @property
    def verdict(self) -> str:
        return "ok" if self.ratio <= AT_MOST else "over"

    def cells(self) -> tuple[str, ...]:
        return (
            self.few.name,
            f"{self.few.median:.1f} ms",
            f"{self.few.p95:.1f} ms",
            f"{self.many.median:.1f} ms",
            f"{self.many.p95:.1f} ms",
            f"× {self.ratio:.2f}",
            str(self.many.timing.statements),
            self.verdict,
        )

    def as_json(self) -> dict[str, Any]:
        return {"few": self.few.as_json(), "many": self.many.as_json(), "ratio": round(self.ratio, 2)}


def compared(here: Installation, samples: int, few: int, many: int) -> Iterator[Compared]:
    """Every list's first page and one in its middle, and every page that looks for something; numbers of quotes."""
    crowd.make_base(here)
    crowd.multiply(range(1, few // crowd.BASE))
    before = list(_measured(here, samples))
    crowd.multiply(range(max(1, few // crowd.BASE), many // crowd.BASE))
    for first, row in zip(before, _measured(here, samples), strict=True):
        yield Compared(first, row)


def _measured(here: Installation, samples: int) -> Iterator[Row]:
    with here.rep_visitor() as rep:
        for name, path in LISTS.items():
            yield Row(f"{name}, first page", _opened(rep, path, samples), Aim())
            yield Row(f"{name}, in the middle", _opened(rep, _middle(rep, path), samples), Aim())
        for name, path in PAGES.items():
            yield Row(name, _opened(rep, path, samples), Aim())


def _opened(rep: Visitor, path: str, samples: int) -> Timing:
    timing = Timing()
    for number in range(WARMING + samples):
        nothing = rep.nothing()
        answer = rep.get(path)
        if number >= WARMING:
            timing.add(answer.seconds, nothing, answer.statements)
    return timing


def _middle(rep: Visitor, path: str) -> str:
    """The address half-way down, found as a reader does: by *Next*."""
    addresses = [path]
    while len(addresses) < DEEPEST:
        links = Page(rep.get(addresses[-1]).text).links
        following = next((link for link in links if "after=" in link), None)
        if following is None:
            return addresses[len(addresses) // 2]
        addresses.append(following)
    return addresses[-1]
