"""The table: what was measured, what was aimed at, and what other quote programs needed on a machine of this kind."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.first_visit import Visit
from tests.benchmarks.measures import Timing

PEERS = """For comparison, measured the same way:
  Dolibarr 23   page 61 ms, signature 86 ms, creation 35 ms, quote to order to invoice 93 ms,
                PDF of 10 lines 79 ms, of 100 lines 140 ms, first visit 625 kB in 21 requests,
                1,000 lines added in 40 s
  Odoo 18       page 36 to 122 ms, signature 2.9 to 4.8 s, creation 76 ms, order to invoice 340 ms,
                PDF 1.3 to 2.3 s, first visit 5 MB, 1,000 lines added in 3 s"""

HEAD = ("", "samples", "least", "median", "p95", "× no-op", "statements", "aim", "")
WIDTHS = (34, 7, 8, 8, 8, 8, 10, 22, 4)


@dataclass(frozen=True, kw_only=True)
class Aim:
    """At most so many milliseconds (median, and of all but the slowest twentieth) and statements."""

    milliseconds: float | None = None
    p95: float | None = None
    statements: int | None = None

    def met(self, row: "Row") -> bool:
        slow = self.milliseconds is not None and row.median > self.milliseconds
        slow = slow or (self.p95 is not None and row.p95 > self.p95)
        chatty = (
            self.statements is not None
            and row.timing.statements is not None
            and row.timing.statements > self.statements
        )
        return not slow and not chatty

    def __str__(self) -> str:
        words = [] if self.milliseconds is None else [f"≤ {self.milliseconds:g} ms"]
        words += [] if self.p95 is None else [f"p95 ≤ {self.p95:g} ms"]
        return ", ".join([*words, *([] if self.statements is None else [f"≤ {self.statements}"])]) or "–"


@dataclass(frozen=True)
class Row:
    """One measurement; all in milliseconds."""

    name: str
    timing: Timing
    aim: Aim

    @property
    def least(self) -> float:
        return 1000 * min(self.timing.seconds)

    @property
    def median(self) -> float:
        return 1000 * statistics.median(self.timing.seconds)

    @property
    def p95(self) -> float:
        ordered = sorted(self.timing.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]

    @property
    def nothing(self) -> float:
        return 1000 * statistics.median(self.timing.nothing)

    @property
    def verdict(self) -> str:
        if self.aim == Aim():
            return ""
        return "ok" if self.aim.met(self) else "over"

    def cells(self) -> tuple[str, ...]:
        times = (f"{each:.1f} ms" for each in (self.least, self.median, self.p95))
        statements = "–" if self.timing.statements is None else str(self.timing.statements)
        ratio = f"{self.median / self.nothing:.1f}"
        return (
            self.name,
            str(len(self.timing.seconds)),
            *times,
            ratio,
            statements,
            str(self.aim),
            self.verdict,
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name, "samples": len(self.timing.seconds), "least_ms": round(self.least, 3), "median_ms": round(self.median, 3),
            "p95_ms": round(self.p95, 3), "noop_ms": round(self.nothing, 3), "ratio": round(self.median / self.nothing, 2),
            "statements": self.timing.statements, "aim_ms": self.aim.milliseconds, "aim_p95_ms": self.aim.p95, "aim_statements": self.aim.statements,
            "verdict": self.verdict,
        }  # fmt: skip


@dataclass(frozen=True)
class VisitRow:
    """The first visit with its aim."""

    visit: Visit | None
    most_bytes: int = 50_000
    most_requests: int = 8

    @property
    def verdict(self) -> str:
        if self.visit is None:
            return ""
        return (
            "ok"
            if self.visit.bytes <= self.most_bytes and self.visit.requests <= self.most_requests
            else "over"
        )

    def __str__(self) -> str:
        if self.visit is None:
            return "First visit: not measured, Chromium is not installed"
        aim = f"≤ {self.most_bytes / 1000:g} kB in ≤ {self.most_requests}"
        return f"First visit: {self.visit.bytes / 1000:.1f} kB in {self.visit.requests} requests (aim {aim}): {self.verdict}"

    def as_json(self) -> dict[str, Any] | None:
        if self.visit is None:
            return None
        return {"bytes": self.visit.bytes, "requests": self.visit.requests, "verdict": self.verdict}


def summary(rows: Sequence[Row]) -> str:
    nothing = statistics.median(row.nothing for row in rows)
    return f"The page that does nothing: median {nothing:.2f} ms"


def line(cells: tuple[str, ...], widths: tuple[int, ...] = WIDTHS) -> str:
    first, *others = zip(cells, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]).rstrip()
