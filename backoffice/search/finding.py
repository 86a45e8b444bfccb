"""One field finds everything that one may see: by number, name, title or e-mail address."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement, Select

from backoffice.catalogue.queries import products_like
from backoffice.catalogue.search import folded, holds_words
from backoffice.clients.models import Client, Contact
from backoffice.clients.queries import visible_clients
from backoffice.credit_notes.models import CreditNote
from backoffice.db import Bilingual
from backoffice.invoices.models import Invoice
from backoffice.numbering.reading import begins, is_number, numbered
from backoffice.opportunities.models import Opportunity
from backoffice.orders.models import Order
from backoffice.quotes.models import Quote

SHORTEST = 2
"""Letters. One letter finds too much to be of use."""
MANY = 200
"""Clients whose papers are looked up by the client's name; of more, the name is not precise enough."""


class Kind(enum.StrEnum):
    CLIENT = "client"
    CONTACT = "contact"
    DEAL = "deal"
    QUOTE = "quote"
    ORDER = "order"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PRODUCT = "product"


@dataclass(frozen=True, kw_only=True)
class Hit:
    """``id``: where the entry leads, by its kind; of a contact, the client."""

    kind: Kind
    id: int
    name: str | Bilingual
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What the person who asks may see. ``deals`` and ``papers`` are conditions on Opportunity.

    ``known_to`` as ``clients.queries`` wants it; ``sells``: whether clients, deals, quotes and products are shown.
    """

    sells: bool
    known_to: int | None
    deals: ColumnElement[bool]
    papers: ColumnElement[bool]


def found(session: Session, words: str, reach: Reach, *, most: int) -> dict[Kind, Sequence[Hit]]:
    """At most ``most`` of each kind, in the order of the kinds, from a constant number of statements."""
    wanted = folded(words)
    if len(wanted) < SHORTEST:
        return {}
    asked = _Asked(session, words, wanted, reach, most)
    hits: dict[Kind, Sequence[Hit]] = {}
    if reach.sells:
        hits |= {
            Kind.CLIENT: asked.clients(),
            Kind.CONTACT: asked.contacts(),
            Kind.DEAL: asked.deals(),
            Kind.QUOTE: asked.quotes(),
        }
    hits |= {
        Kind.ORDER: asked.orders(),
        Kind.INVOICE: asked.invoices(),
        Kind.CREDIT_NOTE: asked.credit_notes(),
    }
    if reach.sells:
        hits[Kind.PRODUCT] = asked.products()
    return {kind: each for kind, each in hits.items() if each}


def exactly(session: Session, words: str, reach: Reach) -> Hit | None:
    """The one paper that bears this number, if it may be seen."""
    number = numbered(words)
    if not is_number(number):
        return None
    kinds: list[tuple[Kind, Select[*tuple[Any, ...]]]] = [
        (Kind.ORDER, _orders(reach).where(Order.number == number)),
        (Kind.INVOICE, _invoices(reach).where(Invoice.number == number)),
        (Kind.CREDIT_NOTE, _credit_notes(reach).where(CreditNote.number == number)),
    ]
    if reach.sells:
        kinds.insert(0, (Kind.QUOTE, _quotes(reach).where(Quote.number == number)))
    rows = [(kind, row) for kind, query in kinds if (row := session.execute(query).first()) is not None]
    return _paper(*rows[0]) if len(rows) == 1 else None


@dataclass(frozen=True)
class _Asked:
    session: Session
    words: str
    wanted: str
    reach: Reach
    most: int

    def clients(self) -> Sequence[Hit]:
        found = (
            sa.select(Client.id, Client.name, Client.billing, Client.email)
            .where(
                Client.archived_at.is_(None),
                visible_clients(self.reach.known_to),
                holds_words(Client.search_text, self.wanted),
            )
            .order_by(
                ~Client.name_words.startswith(self.wanted, autoescape=True), Client.name_words, Client.id
            )
            .limit(self.most)
        )
        return [
            Hit(kind=Kind.CLIENT, id=row.id, name=row.name, about=row.billing.city or row.email)
            for row in self.session.execute(found)
        ]

    def contacts(self) -> Sequence[Hit]:
        """A private person is a contact of themselves, and is found as a client."""
        found = (
            sa.select(Client.id, Contact.name, Client.name.label("client"))
            .join(Client, Client.id == Contact.client_id)
            .where(
                Contact.archived_at.is_(None),
                Contact.name != Client.name,
                Client.archived_at.is_(None),
                visible_clients(self.reach.known_to),
                holds_words(Contact.search_text, self.wanted),
            )
            .order_by(Contact.name, Contact.id)
            .limit(self.most)
        )
        return [
            Hit(kind=Kind.CONTACT, id=row.id, name=row.name, about=row.client)
            for row in self.session.execute(found)
        ]

    def deals(self) -> Sequence[Hit]:
        """By title, or by the client's name."""
        found = (
            sa.select(Opportunity.id, Opportunity.title, Client.name)
            .join(Client, Client.id == Opportunity.client_id)
            .where(
                Opportunity.archived_at.is_(None),
                self.reach.deals,
                holds_words(Opportunity.search_text, self.wanted) | Opportunity.client_id.in_(self._named()),
            )
            .order_by(Opportunity.id.desc())
            .limit(self.most)
        )
        return [
            Hit(kind=Kind.DEAL, id=key, name=title, about=client)
            for key, title, client in self.session.execute(found)
        ]

    def quotes(self) -> Sequence[Hit]:
        return self._papers(Kind.QUOTE, _quotes(self.reach), Quote.number, Quote.id)

    def orders(self) -> Sequence[Hit]:
        named = Order.client_id.in_(self._named())
        return self._papers(Kind.ORDER, _orders(self.reach), Order.number, Order.id, named)

    def invoices(self) -> Sequence[Hit]:
        named = Invoice.client_id.in_(self._named())
        return self._papers(Kind.INVOICE, _invoices(self.reach), Invoice.number, Invoice.id, named)

    def credit_notes(self) -> Sequence[Hit]:
        return self._papers(Kind.CREDIT_NOTE, _credit_notes(self.reach), CreditNote.number, CreditNote.id)

    def products(self) -> Sequence[Hit]:
        return [
            Hit(kind=Kind.PRODUCT, id=each.id, name=each.name, about=each.sku)
            for each in products_like(self.session, self.words, most=self.most)
        ]

    def _papers(
        self,
        kind: Kind,
        query: Select[*tuple[Any, ...]],
        number: Any,
        key: Any,
        named: ColumnElement[bool] | None = None,
    ) -> Sequence[Hit]:
        """By the beginning of the number, or else by the client's name; the newest first.

        By number in the order of numbers, in which its index finds them.
        """
        typed = numbered(self.words)
        if is_number(typed):
            condition = begins(self.session, number, typed)
        elif named is not None:
            condition = named
        else:
            return []
        newest = number if is_number(typed) else key
        rows = self.session.execute(query.where(condition).order_by(newest.desc()).limit(self.most))
        return [_paper(kind, row) for row in rows]

    def _named(self) -> Select[int]:
        """Ids of the clients that are meant, archived and merged ones too: their papers remain."""
        return (
            sa.select(Client.id)
            .where(holds_words(Client.search_text, self.wanted))
            .order_by(Client.id)
            .limit(MANY)
        )


def _paper(kind: Kind, row: Any) -> Hit:
    key, number, client, *rest = row
    return Hit(kind=kind, id=key, name=number, about=" · ".join([client, *rest]))


def _quotes(reach: Reach) -> Select[*tuple[Any, ...]]:
    return (
        sa.select(Quote.id, Quote.number, Client.name, Opportunity.title)
        .join(Opportunity, Opportunity.id == Quote.opportunity_id)
        .join(Client, Client.id == Opportunity.client_id)
        .where(Quote.number.is_not(None), Opportunity.archived_at.is_(None), reach.deals)
    )


def _orders(reach: Reach) -> Select[*tuple[Any, ...]]:
    return (
        sa.select(Order.id, Order.number, Order.client_name)
        .join(Opportunity, Opportunity.id == Order.opportunity_id)
        .where(reach.papers)
    )


def _invoices(reach: Reach) -> Select[*tuple[Any, ...]]:
    return (
        sa.select(Invoice.id, Invoice.number, Order.client_name)
        .join(Order, Order.id == Invoice.order_id)
        .join(Opportunity, Opportunity.id == Order.opportunity_id)
        .where(Invoice.number.is_not(None), reach.papers)
    )


def _credit_notes(reach: Reach) -> Select[*tuple[Any, ...]]:
    return (
        sa.select(CreditNote.id, CreditNote.number, Order.client_name)
        .join(Order, Order.id == CreditNote.order_id)
        .join(Opportunity, Opportunity.id == Order.opportunity_id)
        .where(reach.papers)
    )
