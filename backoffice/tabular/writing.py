"""Tables that a French Excel opens by a double click: UTF-8 with its mark, semicolons, decimal commas.

No cell becomes a formula: whoever named a product ``=HYPERLINK(…)`` reaches no other person's spreadsheet.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MEDIA_TYPE = "text/csv"


def written(rows: Iterable[Sequence[str | Decimal]], *, begun: bool = False) -> Iterator[bytes]:
    """The file in pieces, one per row; the mark comes with the first, unless the file was ``begun``.

    A Decimal is written as a number, also below zero: nothing that anybody typed can be one.
    """
    mark = "" if begun else MARK
    for row in rows:
        line = io.StringIO(newline="")
        cells = [figure(each) if isinstance(each, Decimal) else guarded(each) for each in row]
        csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(cells)
        yield (mark + line.getvalue()).encode()
        mark = ""


def guarded(cell: str) -> str:
    """``cell`` so that a spreadsheet shows it as it is; ``reading`` takes the apostrophe off again.

    A text that itself begins so gets one more, for otherwise it would lose its own.
    """
    plain = cell.lstrip("'")
    return f"'{cell}" if plain.startswith(FORMULA_STARTS) else cell


def figure(value: Decimal | None) -> str:
    """``1234,5``: all digits, a decimal comma, nothing between thousands."""
    if value is None:
        return ""
    plain = f"{value:f}"
    whole, _point, decimals = plain.partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole},{decimals}" if decimals else whole
