"""What stands in the fields of a stored line, in the reader's notation: ``numbers`` reads it back."""

from collections.abc import Iterable
from decimal import Decimal

from backoffice.catalogue.models import Unit
from backoffice.language import money, percent, price_figure, quantity, unit_label, vat_rate
from backoffice.money import Discount, Vat


def written_price(value: Decimal) -> str:
    return price_figure(value)


def written_quantity(value: tuple[Decimal, Unit]) -> str:
    return f"{quantity(value[0])} {unit_label(value[1].value, value[0])}"


def written_discount(discount: Discount, currency: str) -> str:
    """``5 %``, ``10,00 €``, or nothing."""
    if discount.amount:
        return money(discount.amount, currency)
    return percent(discount.percent) if discount.percent else ""


def vat_code(vat: Vat) -> str:
    return f"{vat.category}:{vat.rate.normalize():f}"


def vat_choices(rates: Iterable[Vat]) -> list[tuple[str, str]]:
    """Code and words of each; without VAT, the words say why."""
    return [(vat_code(vat), vat_rate(vat.rate, vat.category)) for vat in rates]
