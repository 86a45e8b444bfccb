"""What stands in the fields of a stored line, in the reader's notation: ``numbers`` reads it back."""

from collections.abc import Iterable
from decimal import Decimal

from babel.numbers import format_decimal

from backoffice.catalogue.models import Unit
from backoffice.language import LOCALES, current_language, unit_label, vat_rate
from backoffice.money import Vat


def written_price(value: Decimal) -> str:
    return format_decimal(value, format="#,##0.00####", locale=LOCALES[current_language()])


def written_quantity(value: tuple[Decimal, Unit]) -> str:
    figure = format_decimal(value[0], format="#,##0.####", locale=LOCALES[current_language()])
    return f"{figure} {unit_label(value[1].value, value[0])}"


def vat_code(vat: Vat) -> str:
    return f"{vat.category}:{vat.rate.normalize():f}"


def vat_choices(rates: Iterable[Vat]) -> list[tuple[str, str]]:
    """Code and words of each; without VAT, the words say why."""
    return [(vat_code(vat), vat_rate(vat.rate, vat.category)) for vat in rates]
