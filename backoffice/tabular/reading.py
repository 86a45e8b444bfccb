"""Tables as people really have them: CSV of Excel in France, of a web shop, of another program, read row by row.

Only the shape is found by looking over the whole; the rows are then streamed, so a large file needs no more memory
than a small one.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from flask_babel import gettext

from backoffice.errors import Refusal

MOST_BYTES = 10_000_000
MOST_ROWS = 50_000
MOST_COLUMNS = 80
LONGEST_CELL = 20_000
PIECE = 65_536
SEPARATORS = ";,\t"
SPOKEN_SEPARATOR = re.compile(r'"?sep=([;,\t|])"?', re.IGNORECASE)
"""The first line that Excel understands and some programs write."""
GUARDED = re.compile(r"'(?='*[=+\-@\t\r])")
"""What ``writing`` puts before a cell that a spreadsheet would take for a formula."""


class NoRows(Refusal):
    def sentence(self) -> str:
        return gettext("This table has no rows under its headings. Check that it is the right file.")


class TooManyRows(Refusal):
    def sentence(self) -> str:
        return gettext(
            "This table has more than %(most)s rows. Divide it and import the parts.", most=self.facts["most"]
        )


class TooManyColumns(Refusal):
    def sentence(self) -> str:
        return gettext(
            "This table has more than %(most)s columns. Remove those that are not to be imported.",
            most=self.facts["most"],
        )


class CellTooLong(Refusal):
    """Mostly a quotation mark that nothing closes: all that follows is one cell then."""

    def sentence(self) -> str:
        return gettext(
            "From line %(line)s on, one cell holds all the rest: a quotation mark is not closed there.",
            line=self.facts["line"],
        )


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How the bytes are to be read. ``skipped``: lines before the headings."""

    encoding: str
    separator: str
    skipped: int = 0


@dataclass(frozen=True)
class Row:
    """``index`` from 0 among the rows that are not blank; ``line`` is the file's, as an editor counts."""

    index: int
    line: int
    cells: list[str]


def shape_of(opened: Callable[[], BinaryIO]) -> Shape:
    """Encoding and separator, by looking. ``opened`` opens the bytes anew each time."""
    encoding = _encoding(opened)
    with opened() as file, io.TextIOWrapper(file, encoding, errors="replace", newline="") as text:
        first = text.readline(PIECE)
        spoken = SPOKEN_SEPARATOR.fullmatch(first.strip())
        if spoken:
            return Shape(encoding=encoding, separator=spoken[1], skipped=1)
        while first and not first.strip():
            first = text.readline(PIECE)
        return Shape(encoding=encoding, separator=_separator(first))


def rows_of(opened: Callable[[], BinaryIO], shape: Shape) -> Iterator[Row]:
    """The headings, then every row that is not blank. Raises CellTooLong, TooManyColumns, TooManyRows."""
    with opened() as file, io.TextIOWrapper(file, shape.encoding, errors="replace", newline="") as text:
        for _ in range(shape.skipped):
            text.readline(PIECE)
        reader = csv.reader(text, delimiter=shape.separator)
        line, index = shape.skipped + 1, 0
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:  # the csv module's own limit
                raise CellTooLong(line=line) from None
            if any(each.strip() for each in cells):
                _refuse_unfit(cells, line, index)
                yield Row(
                    index,
                    line,
                    [GUARDED.sub("", each, count=1) if each[:1] == "'" else each for each in cells],
                )
                index += 1
            line = shape.skipped + reader.line_num + 1


def _refuse_unfit(cells: list[str], line: int, index: int) -> None:
    if any(len(each) > LONGEST_CELL for each in cells):
        raise CellTooLong(line=line)
    if len(cells) > MOST_COLUMNS and any(each.strip() for each in cells[MOST_COLUMNS:]):
        raise TooManyColumns(most=MOST_COLUMNS)
    if index > MOST_ROWS:
        raise TooManyRows(most=MOST_ROWS)


def _encoding(opened: Callable[[], BinaryIO]) -> str:
    """UTF-8 when all of it is, with or without its mark; UTF-16 by its mark; else what Windows writes in France."""
    with opened() as file:
        piece = file.read(PIECE)
        if piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while piece:
                decoder.decode(piece)
                piece = file.read(PIECE)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
        return "utf-8-sig"


def _separator(headings: str) -> str:
    """The one that divides the headings most, outside of quotation marks."""
    bare = re.sub(r'"[^"]*"', "", headings)
    return max(SEPARATORS, key=lambda each: (bare.count(each), -SEPARATORS.index(each)))
