"""What a product costs in a deal: for its client, in the currency of its quote."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backoffice.catalogue.models import Product
from backoffice.catalogue.queries import NotOnSale
from backoffice.errors import NotFound
from backoffice.opportunities.lines import line_of, touch
from backoffice.opportunities.models import Opportunity, OpportunityLine
from backoffice.pricing.cascade import Explained
from backoffice.pricing.explained import stored_explanation
from backoffice.pricing.queries import ONE, price_of, rules_for
from backoffice.quotes.models import Quote
from backoffice.seller.models import ONLY, Seller


def price_in_deal(
    session: Session, deal: Opportunity, product: Product, *, on: date, quantity: Decimal = ONE
) -> Explained:
    """``deal`` comes with its client; see ``price_of``."""
    currency = currency_of(session, deal.id)
    return price_of(session, product, deal.client, quantity=quantity, on=on, currency=currency)


def currency_of(session: Session, deal_id: int) -> str:
    """That of the open quote, or of the last one that is closed; before the first, the seller's."""
    found = session.scalar(
        sa.select(Quote.currency)
        .where(Quote.opportunity_id == deal_id)
        .order_by(Quote.closed_at.is_not(None), Quote.id.desc())
        .limit(1)
    )
    return found or session.get_one(Seller, ONLY).currency


def priced_line(deal: Opportunity, uuid: UUID) -> OpportunityLine:
    """Raises NotFound for a line of another deal, and for one that has no price."""
    line = line_of(deal, uuid)
    if not line.is_item:
        raise NotFound(line=str(uuid))
    return line


def price_today(session: Session, deal: Opportunity, line: OpportunityLine, *, on: date) -> Explained | None:
    """What the rules say of a line on a day, for its quantity; None for what is not in the catalogue any more."""
    product = session.get(Product, line.product_id) if line.product_id is not None else None
    if product is None or product.archived_at is not None:
        return None
    return price_in_deal(session, deal, product, on=on, quantity=line.quantity)


def take_price(session: Session, deal: Opportunity, line: OpportunityLine, *, on: date) -> None:
    """The line costs what the rules say on that day, and carries why; whatever was typed before. Raises NotOnSale."""
    price = price_today(session, deal, line, on=on)
    if price is None:
        raise NotOnSale(product=line.product_id)
    _price(line, price)
    line.revision += 1
    touch(deal)


def follow_quantities(
    session: Session, deal: Opportunity, lines: Sequence[OpportunityLine], *, on: date
) -> None:
    """Lines cost what the rules say for the quantities that they have by now; what left the catalogue stays.

    ``deal`` comes with its client; as many statements whatever there is.
    """
    ids = {line.product_id for line in lines if line.product_id is not None}
    if not ids:
        return
    on_sale = sa.select(Product).where(Product.id.in_(ids), Product.archived_at.is_(None))
    products = {product.id: product for product in session.scalars(on_sale)}
    currency = currency_of(session, deal.id)
    rules = rules_for(session, list(products.values()), deal.client, on=on, currency=currency)
    for line in lines:
        product = products.get(line.product_id or 0)
        if product is not None:
            _price(line, rules.price(product, line.quantity))


def _price(line: OpportunityLine, price: Explained) -> None:
    line.unit_price, line.explanation = price.result, stored_explanation(price)
