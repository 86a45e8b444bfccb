"""The working paper and the client's choice, from a few lines to as many as there may be."""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count, cycle
from urllib.parse import urlencode
from uuid import uuid4

from flask import g
from sqlalchemy import event

from backoffice.db import db
from backoffice.opportunities.numbers import MOST_LINES
from backoffice.work import unit_of_work
from tests import factories
from tests.benchmarks.app import count_statement
from tests.benchmarks.installation import Installation
from tests.benchmarks.measures import WARMING, Timing, opening, timed
from tests.benchmarks.papers import a_catalogue, a_long_deal, a_quote_to_choose_from, add_products
from tests.benchmarks.report import Aim, Row
from tests.benchmarks.visitor import Answer, Visitor
from tests.reader import Page

SIZES = (10, 100, MOST_LINES)
TYPED = ("name", "description", "quantity", "unit_price", "discount", "vat")
"""Fields of a row that its script sends."""


def measured(here: Installation, samples: int) -> Iterator[Row]:
    products = a_catalogue(here, MOST_LINES)
    yield Row("add 1 line", adding(here, samples, products[:1]), Aim())
    yield Row("add 1,000 lines", adding(here, samples, products), Aim(milliseconds=500))
    yield Row("add the 1,000th line", adding_the_last(here, samples, products[0]), Aim())
    for size in SIZES:
        yield Row(f"edit 1 of {size:,} lines", editing(here, samples, size), Aim(p95=50))
    yield Row("move 1 of 1,000 lines", moving(here, samples), Aim())
    for size in SIZES:
        yield Row(f"working page, {size:,} lines", working_page(here, samples, size), Aim())
    for size in SIZES:
        yield Row(
            f"portal page, choice in {size:,} lines", portal_page(here, samples, size), Aim(statements=4)
        )
    for size in SIZES:
        yield Row(f"recompute a choice in {size:,}", recomputing(here, samples, size), Aim(statements=4))


def adding(here: Installation, samples: int, products: Sequence[int]) -> Timing:
    """The act inside its unit of work, each time on a deal without lines."""
    timing = Timing()
    event.listen(db.engine, "before_cursor_execute", count_statement)
    with here.visitor() as visitor:
        for number in range(WARMING + samples):
            deal = factories.an_opportunity(here.rep, here.client, [])
            nothing = visitor.nothing()
            g.statements = 0
            begun = time.perf_counter()
            with unit_of_work() as session:
                add_products(session, deal, products)
            if number >= WARMING:
                timing.add(time.perf_counter() - begun, nothing, g.statements)
    event.remove(db.engine, "before_cursor_execute", count_statement)
    return timing


def adding_the_last(here: Installation, samples: int, product: int) -> Timing:
    """A product at the end of 999 lines, as the script of the working page asks for it."""
    deal, uuids = a_long_deal(here, MOST_LINES)
    address, last = f"/opportunities/{deal}/lines/arrangement", [uuids[-1]]
    rep = here.rep_visitor()
    sent = sent_with_all(form_of(rep, deal))

    def prepared(rep: Visitor) -> Callable[[Visitor], Answer]:
        rep.post(address, {**sent, "act": "remove", "line": str(last.pop())}, expected=200)
        last.append(uuid4())
        asked = {"act": "product", "product": str(product), "new": str(last[0]), "after": str(uuids[-2])}
        return lambda rep: rep.post(address, {**sent, **asked}, expected=200)

    return timed(rep, samples, prepared)


def editing(here: Installation, samples: int, size: int) -> Timing:
    """The quantity of a line in the middle, as the script of the working page sends its row."""
    deal, uuids = a_long_deal(here, size)
    place, revisions = size // 2 + 1, count(1)
    rep = here.rep_visitor()
    form = form_of(rep, deal)
    sent = sent_with_all(form) | {name: form[f"lines-{place}-{name}"] for name in TYPED}

    def prepared(_rep: Visitor) -> Callable[[Visitor], Answer]:
        revision = next(revisions)
        typed = {**sent, "revision": str(revision), "quantity": str(3 + revision % 2)}
        return lambda rep: rep.post(f"/lines/{uuids[place]}/row", typed, expected=200)

    return timed(rep, samples, prepared)


def moving(here: Installation, samples: int) -> Timing:
    """The second line to the end and back, in turn."""
    deal, uuids = a_long_deal(here, MOST_LINES)
    places = cycle(("", str(uuids[2])))
    rep = here.rep_visitor()
    sent = {**sent_with_all(form_of(rep, deal)), "act": "to", "line": str(uuids[1])}

    def prepared(_rep: Visitor) -> Callable[[Visitor], Answer]:
        asked = {**sent, "before": next(places)}
        return lambda rep: rep.post(f"/opportunities/{deal}/lines/arrangement", asked, expected=200)

    return timed(rep, samples, prepared)


def working_page(here: Installation, samples: int, size: int) -> Timing:
    """Of a deal whose quote the client has: the page tells how many lines differ."""
    deal, _uuids = a_long_deal(here, size, sent=True)
    return timed(here.rep_visitor(), samples, lambda _rep: opening(f"/opportunities/{deal}"))


def portal_page(here: Installation, samples: int, size: int) -> Timing:
    address = factories.address_of(a_quote_to_choose_from(here, size))
    return timed(here.visitor(), samples, lambda _client: opening(address))


def recomputing(here: Installation, samples: int, size: int) -> Timing:
    """What the script of the page asks for when the client has changed a quantity."""
    address = factories.address_of(a_quote_to_choose_from(here, size))
    with here.visitor() as client:
        form = next(each for each in Page(client.get(address).text).forms if "/choice" in each["action"])
    ranged = next(name for name in form["fields"] if name.startswith("q."))
    quantities = cycle("345")

    def prepared(_client: Visitor) -> Callable[[Visitor], Answer]:
        asked = urlencode({**form["fields"], ranged: next(quantities)})
        return lambda client: client.get(f"{address}/choice?{asked}", headers={"X-Parts": "choice"})

    return timed(here.visitor(), samples, prepared)


def form_of(rep: Visitor, deal: int) -> dict[str, str]:
    """What stands in the fields of a working page's lines."""
    _action, fields = rep.form(f"/opportunities/{deal}", f"/opportunities/{deal}/lines")
    return fields


def sent_with_all(form: dict[str, str]) -> dict[str, str]:
    """What the script sends with each of its acts."""
    return {name: form[name] for name in ("csrf_token", "language")}
