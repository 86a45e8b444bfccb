"""``python -m tests.benchmarks``: how quick the product is, beside a page that does nothing and beside other programs."""

import argparse
import json
import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import lines, lists, measures
from tests.benchmarks.first_visit import first_visit
from tests.benchmarks.installation import Installation, installation
from tests.benchmarks.report import HEAD, PEERS, Aim, Row, VisitRow, line, summary
from tests.databases import postgresql_programs


def main(arguments: Sequence[str]) -> None:
    chosen = options(arguments)
    logging.disable(logging.INFO)  # its own figures are what it prints
    # As with Ctrl-C, what was started is ended and the folders are removed.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    databases = ["sqlite", "postgresql"] if chosen.database == "both" else [chosen.database]
    if chosen.database == "both" and postgresql_programs() is None:
        print("PostgreSQL is not installed: measured on SQLite only.\n")
        databases = ["sqlite"]
    results: dict[str, Any] = {}
    for database in databases:
        if chosen.lists:
            print(
                f"{database}: lists among {chosen.few} quotes and among {chosen.many}\n{line(lists.HEAD, lists.WIDTHS)}",
                flush=True,
            )
            with installation(database) as here:
                results[database] = []
                for pair in lists.compared(here, chosen.samples, chosen.few, chosen.many):
                    print(line(pair.cells(), lists.WIDTHS), flush=True)
                    results[database].append(pair.as_json())
            continue
        print(f"{database}\n{line(HEAD)}", flush=True)
        wanted = lines.measured if chosen.lines else measured
        rows, visit = [], None
        with installation(database) as here:
            for row in wanted(here, chosen.samples):
                print(line(row.cells()), flush=True)
                rows.append(row)
            if not chosen.lines:
                visit = VisitRow(first_visit(here))
        results[database] = {"timings": [row.as_json() for row in rows]}
        print(summary(rows))
        if visit is not None:
            print(visit)
            results[database]["first_visit"] = visit.as_json()
        print(flush=True)
    if not chosen.lists:
        print(PEERS)
    if chosen.json is not None:
        chosen.json.write_text(json.dumps(results, indent=1) + "\n")


def measured(here: Installation, samples: int) -> Iterator[Row]:
    # Delivery comes first: afterwards the worker, which is then ended, would have the other samples' papers to make.
    yield Row("send to accepted by mail server", measures.delivery(here, samples), Aim())
    yield Row(
        "portal page, 10 lines",
        measures.portal_page(here, samples, lines=10),
        Aim(milliseconds=5, statements=4),
    )
    yield Row("portal page, 200 lines", measures.portal_page(here, samples, lines=200), Aim(statements=4))
    yield Row("sign", measures.signature(here, samples), Aim(milliseconds=25))
    yield Row("freeze and send 10 lines", measures.sending(here, samples), Aim(milliseconds=15))
    yield Row("order to issued invoice", measures.invoicing(here, samples), Aim(milliseconds=25))
    yield Row("PDF of 10 lines", measures.quote_pdf(here, samples, lines=10), Aim(milliseconds=150))
    yield Row("PDF of 100 lines", measures.quote_pdf(here, samples, lines=100), Aim())
    yield from lines.measured(here, samples)


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./accord bench", description="Measures the product; takes a few minutes."
    )
    parser.add_argument("--samples", type=positive, default=30, help="of each measurement (30)")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--lists", action="store_true", help="only long lists: many quotes beside few")
    only.add_argument("--lines", action="store_true", help="only lines: papers and choices of up to 1,000")
    parser.add_argument("--few", type=positive, default=1000)
    parser.add_argument("--many", type=positive, default=100_000)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    return parser.parse_args(arguments)


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    main(sys.argv[1:])
