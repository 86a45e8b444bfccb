"""Which product or client is meant by what was typed: exactly one, or a sentence that says how to name it."""

from collections.abc import Sequence

from flask_babel import gettext
from sqlalchemy.orm import Session

from backoffice.catalogue.models import Product
from backoffice.catalogue.queries import products_meant
from backoffice.clients.finding import client_meant, clients_like, found_client
from backoffice.errors import Refusal
from backoffice.language import current_language

NAMED = 3
"""How many of those that may be meant a sentence names."""


class ProductUnknown(Refusal):
    def sentence(self) -> str:
        return gettext("No product answers to that. Type its reference, or the first letters of its name.")


class ProductUnclear(Refusal):
    """``products``: some of those that may be meant."""

    def sentence(self) -> str:
        products: Sequence[Product] = self.facts["products"]
        spoken = current_language()
        names = ", ".join(f"{each.sku} ({each.name.text(spoken)})" for each in products[:NAMED])
        return gettext("Several products answer to that: %(names)s… Type the reference.", names=names)


class ClientUnclear(Refusal):
    def sentence(self) -> str:
        return gettext("No single client answers to that. Type the whole name, or choose it from the list.")


def product_chosen(session: Session, words: str, picked: int | None, *, own: int | None = None) -> Product:
    """``picked`` in a list, unless the words were changed since. Raises ProductUnknown, ProductUnclear.

    ``own``: what a rule is about already; it may stay, though it has left the catalogue.
    """
    product = session.get(Product, picked) if picked is not None else None
    if product is not None and words in _names(product) and (product.archived_at is None or picked == own):
        return product
    found = products_meant(session, words)
    if not found:
        raise ProductUnknown(words=words)
    if len(found) > 1:
        raise ProductUnclear(words=words, products=found)
    return found[0]


def _names(product: Product) -> set[str]:
    return {product.sku, product.name.fr, product.name.en}


def client_chosen(session: Session, words: str, picked: int | None, known_to: int | None) -> int:
    """Its id. Raises ClientUnclear."""
    client = found_client(session, picked, known_to) if picked is not None else None
    if client is None or client.name != words:
        client = client_meant(clients_like(session, words, known_to), words, picked=picked)
    if client is None:
        raise ClientUnclear(words=words)
    return client.id
