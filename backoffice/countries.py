"""The countries of ISO 3166-1, as a reader finds them in a list."""

import unicodedata
from functools import lru_cache

from babel import Locale

NOT_IN_ISO = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
"""Two letters that the CLDR names and ISO 3166-1 does not assign."""


@lru_cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name of each, in the order of the names; France first."""
    names = {
        code: name
        for code, name in Locale(language).territories.items()
        if len(code) == len("FR") and code.isalpha() and code not in NOT_IN_ISO
    }
    return tuple(
        sorted(names.items(), key=lambda pair: (pair[0] != "FR", unicodedata.normalize("NFD", pair[1])))
    )
