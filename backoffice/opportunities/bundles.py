"""What a product of the catalogue becomes on a working paper: one line, or a line for each part of a bundle."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from backoffice.bundles.composing import lines_of_bundle, parts_of
from backoffice.catalogue.models import Product
from backoffice.catalogue.queries import product_on_sale
from backoffice.money import Vat
from backoffice.opportunities.lines import add_product
from backoffice.opportunities.models import Opportunity, OpportunityLine
from backoffice.pricing.deals import currency_of
from backoffice.pricing.queries import rules_for
from backoffice.seller.models import Seller
from backoffice.vat.queries import Rates

ONE = Decimal(1)


def add_from_catalogue(
    session: Session, deal: Opportunity, product_id: int, *, seller: Seller, on: date, quantity: Decimal = ONE
) -> list[OpportunityLine]:
    """Add ``quantity`` of a product as it is sold on a day: at this client's price, and the VAT in force.

    Raises NotOnSale, BundleIncomplete, BundleTooWordy, VatHasEnded, TooManyLines; nothing is to be kept then.
    """
    return add_all(session, deal, [(product_on_sale(session, product_id), quantity)], seller=seller, on=on)


def add_all(
    session: Session,
    deal: Opportunity,
    wanted: Sequence[tuple[Product, Decimal]],
    *,
    seller: Seller,
    on: date,
) -> list[OpportunityLine]:
    """The same for many products, which come with their parts; as many statements whatever there is."""
    rates = Rates(session, seller)
    entries = [
        each for product, quantity in wanted for each in lines_of_bundle(product, parts_of(product), quantity)
    ]
    products = [each.product for each in entries]
    rules = rules_for(session, products, deal.client, on=on, currency=currency_of(session, deal.id))
    added = []
    for each in entries:
        own = Vat(each.product.vat_category.value, each.product.vat_rate)
        vat = rates.in_force(own, on, sku=each.product.sku)
        price = rules.price(each.product, each.quantity)
        line = add_product(deal, each.product, price, vat=vat, quantity=each.quantity)
        line.description = each.description
        added.append(line)
    return added
