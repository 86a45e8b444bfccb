"""An amount that somebody estimates, as it is typed and shown."""

import re
from decimal import Decimal

from babel.numbers import format_decimal

from backoffice.language import LOCALES, current_language
from backoffice.typed import number

MOST = Decimal(999_999_999)


def estimate(text: str, language: str) -> Decimal | None:
    """``12 400 €`` as 12400, nothing for no estimate; with two decimals at most. Raises what ``number`` raises."""
    bare = re.sub(r"\s*€\s*$|^\s*€\s*", "", text)
    return number(bare, places=2, most=MOST, language=language) if bare.strip() else None


def written_estimate(value: Decimal) -> str:
    return format_decimal(value, format="#,##0.##", locale=LOCALES[current_language()])
