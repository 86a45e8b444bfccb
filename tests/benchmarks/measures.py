"""What is measured, each with fresh data made outside the measured time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import force_locale

from backoffice.db import db
from backoffice.documents.appearance import Appearance
from backoffice.documents.models import Document
from backoffice.documents.quote import quote_html
from backoffice.documents.rendering import Renderer
from backoffice.links.models import Channel, ClientLink
from backoffice.outbox import render
from backoffice.quotes.models import Quote, QuoteVersion
from tests import factories
from tests.benchmarks.installation import Installation
from tests.benchmarks.visitor import Answer, Visitor

WARMING = 5
"""Samples thrown away first: caches fill, templates compile."""
MENTION = "Bon pour accord"


@dataclass
class Timing:
    """Seconds of each sample and, taken right before each, of the page that does nothing; statements of the last."""

    seconds: list[float] = field(default_factory=list)
    nothing: list[float] = field(default_factory=list)
    statements: int | None = None

    def add(self, seconds: float, nothing: float, statements: int | None = None) -> None:
        self.seconds.append(seconds)
        self.nothing.append(nothing)
        self.statements = statements


def portal_page(here: Installation, samples: int, *, lines: int) -> Timing:
    address = factories.address_of(a_sent_quote(here, lines))
    return timed(here.visitor(), samples, lambda _client: opening(address))


def signature(here: Installation, samples: int) -> Timing:
    """The client's POST; each sample signs a quote of its own."""

    def prepared(client: Visitor) -> Callable[[Visitor], Answer]:
        action, fields = client.form(f"{factories.address_of(a_sent_quote(here, 10))}/sign", "/sign")
        fields |= {"name": "Claire Moreau", "mention": MENTION, "consent": "y"}
        return lambda client: client.post(action, fields)

    return timed(here.visitor(), samples, prepared)


def sending(here: Installation, samples: int) -> Timing:
    """The rep's POST that freezes a quote of ten lines, numbers it, makes the link and queues mail and PDF."""

    def prepared(rep: Visitor) -> Callable[[Visitor], Answer]:
        action, fields = send_form(here, rep)
        return lambda rep: rep.post(action, fields)

    return timed(here.rep_visitor(), samples, prepared)


def invoicing(here: Installation, samples: int) -> Timing:
    """From a signed quote's order to its issued invoice: two POSTs, their times added."""
    timing = Timing()
    with here.rep_visitor() as rep:
        for number in range(WARMING + samples):
            _, _, signed = factories.a_signed_quote(an_opportunity(here, 10))
            action, fields = rep.form(f"/orders/{factories.order_of(signed)}", "/invoice")
            nothing = rep.nothing()
            drafted = rep.post(action, fields)
            action, fields = rep.form(drafted.location, "/issue")
            rep.nothing()
            issued = rep.post(action, fields)
            if number >= WARMING:
                timing.add(drafted.seconds + issued.seconds, nothing, drafted.statements + issued.statements)
    return timing


def quote_pdf(here: Installation, samples: int, *, lines: int) -> Timing:
    """HTML and PDF, by a rendering process that has already made some."""
    content = version_of(a_sent_quote(here, lines)).read()
    appearance = Appearance(colour="#1f6f5c")
    timing = Timing()
    with here.visitor() as client, Renderer() as renderer, force_locale("fr"):
        for number in range(WARMING + samples):
            nothing = client.nothing()
            begun = time.perf_counter()
            page = quote_html(content, "fr", render=render, appearance=appearance)
            renderer.pdf(page.html, page.files)
            if number >= WARMING:
                timing.add(time.perf_counter() - begun, nothing)
    return timing


def delivery(here: Installation, samples: int) -> Timing:
    """From the rep's POST to the mail server's acceptance; the worker is idle before each."""
    timing = Timing()
    with here.worker(), here.rep_visitor() as rep:
        for number in range(WARMING + samples):
            recipient = f"client{number}@example.com"
            action, fields = send_form(here, rep)
            until_all_is_archived()
            nothing = rep.nothing()
            begun = time.perf_counter()
            rep.post(action, {**fields, "email": recipient})
            accepted = here.mailbox.moment(recipient)
            if number >= WARMING:
                timing.add(accepted - begun, nothing)
        until_all_is_archived()
    return timing


def timed(
    visitor: Visitor, samples: int, prepared: Callable[[Visitor], Callable[[Visitor], Answer]]
) -> Timing:
    """``prepared`` makes the data of one sample and returns the act to be measured."""
    timing = Timing()
    with visitor:
        for number in range(WARMING + samples):
            act = prepared(visitor)
            nothing = visitor.nothing()
            answer = act(visitor)
            if number >= WARMING:
                timing.add(answer.seconds, nothing, answer.statements)
    return timing


def opening(address: str) -> Callable[[Visitor], Answer]:
    return lambda visitor: visitor.get(address)


def an_opportunity(here: Installation, lines: int) -> int:
    rates = ("20", "10", "5.5")
    made = [
        factories.a_line(
            f"Bibliothèque, module {number}", str(1 + number % 7), f"{100 + 7 * number}.50", rates[number % 3]
        )
        for number in range(lines)
    ]
    return factories.an_opportunity(here.rep, here.client, made)


def a_sent_quote(here: Installation, lines: int) -> ClientLink:
    _, link = factories.a_sent_quote(an_opportunity(here, lines), channel=Channel.COPIED)
    return link


def send_form(here: Installation, rep: Visitor) -> tuple[str, dict[str, str]]:
    quote = factories.a_quote(an_opportunity(here, 10))
    action, fields = rep.form(f"/quotes/{quote}/send", "/send")
    return action, {**fields, "act": "mail"}


def version_of(link: ClientLink) -> QuoteVersion:
    with reading():
        return db.session.scalars(
            sa.select(QuoteVersion)
            .join(Quote, Quote.live_version_id == QuoteVersion.id)
            .where(Quote.id == link.quote_id)
        ).one()


def until_all_is_archived() -> None:
    """The PDF of a quote that was sent is made beside its mail: the next sample must not wait for it."""
    waiting = sa.select(sa.func.count()).select_from(Document).where(Document.archived_at.is_(None))
    for _ in range(600):
        with reading():
            if not db.session.scalar(waiting):
                return
        time.sleep(0.1)
    raise TimeoutError("the worker does not archive")


@contextmanager
def reading() -> Iterator[None]:
    try:
        yield
    finally:
        db.session.rollback()
