"""A frozen table and how it is read: kept in the facts of the jobs that try it and import it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from flask_babel import gettext

from backoffice.imports.subjects import Fault, Record, Subject
from backoffice.tabular.columns import mapping_of
from backoffice.tabular.reading import NoRows, Row, Shape, rows_of, shape_of

SAMPLE = 5
MOST_SAMPLED = 200
"""Rows looked at to tell decimal commas from points."""
LONGEST_SHOWN = 60


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """``mapping``: the name of our field for each column, "" for none. ``numbers``: as ``Setting`` wants it.

    ``examples``: the first cell of each column that is not blank. ``makes_missing``: as ``Setting`` wants it.
    """

    name: str
    shape: Shape
    headings: list[str]
    mapping: list[str]
    numbers: str
    examples: list[str]
    makes_missing: bool = False

    @classmethod
    def found(cls, opened: Callable[[], BinaryIO], name: str, subject: Subject) -> "Sheet":
        """As it looks. Raises NoRows and what ``rows_of`` raises."""
        shape = shape_of(opened)
        rows = rows_of(opened, shape)
        headings = [each.strip()[:LONGEST_SHOWN] for each in next(rows, Row(0, 0, [])).cells]
        while headings and not headings[-1]:
            headings.pop()
        mapping = mapping_of(headings, subject.columns)
        numbers = {column.name for column in subject.columns if column.number}
        figures = [place for place, field in enumerate(mapping) if field in numbers]
        sampled = [row for _, row in zip(range(MOST_SAMPLED), rows, strict=False)]
        if not sampled:
            raise NoRows(name=name)
        cells = [row.cells[place] for row in sampled for place in figures if place < len(row.cells)]
        points = any("." in cell for cell in cells) and not any("," in cell for cell in cells)
        examples = [_first(row.cells[place : place + 1] for row in sampled) for place in range(len(headings))]
        return cls(
            name=name,
            shape=shape,
            headings=headings,
            mapping=mapping,
            numbers="en" if points else "fr",
            examples=examples,
        )

    @classmethod
    def read(cls, facts: dict[str, Any]) -> "Sheet":
        return cls(**{**facts["sheet"], "shape": Shape(**facts["sheet"]["shape"])})

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.name, "shape": vars(self.shape), "headings": self.headings, "mapping": self.mapping,
            "numbers": self.numbers, "examples": self.examples, "makes_missing": self.makes_missing,
        }  # fmt: skip

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(filter(None, self.mapping))

    def heading_of(self, field: str) -> str:
        return self.headings[self.mapping.index(field)] if field in self.mapping else ""

    def rows(self, opened: Callable[[], BinaryIO]) -> Iterator[Row]:
        """Without the headings; the first has the index 0."""
        rows = rows_of(opened, self.shape)
        next(rows, None)
        for row in rows:
            yield Row(row.index - 1, row.line, row.cells)

    def records(self, rows: Iterable[Row], subject: Subject) -> Iterator[Record]:
        """Rows put together; one that is known by what an earlier one was known by is wrong."""
        seen: dict[str, int] = {}
        for together in _groups(((row, self._cells(row)) for row in rows), subject):
            record = Record(
                index=together[0][0].index,
                line=together[0][0].line,
                rows=[cells for _row, cells in together],
                faults=[self._too_long(row) for row, _cells in together],
            )
            for key, field in subject.keys(record):
                first = seen.setdefault(key, record.line)
                if first != record.line:
                    sentence = gettext(
                        "The same is on line %(line)s already. Keep one of the two.", line=first
                    )
                    record.faults[0].append(Fault(column=field, sentence=sentence))
            yield record

    def _cells(self, row: Row) -> dict[str, str]:
        return {
            field: row.cells[place] if place < len(row.cells) else ""
            for place, field in enumerate(self.mapping)
            if field
        }

    def _too_long(self, row: Row) -> list[Fault]:
        if any(cell.strip() for cell in row.cells[len(self.headings) :]):
            return [Fault(sentence=gettext("This row has more cells than there are headings."))]
        return []


def _groups(
    rows: Iterable[tuple[Row, dict[str, str]]], subject: Subject
) -> Iterator[list[tuple[Row, dict[str, str]]]]:
    together: list[tuple[Row, dict[str, str]]] = []
    last = ""
    for row, cells in rows:
        about = subject.group(cells)
        if together and (not about or about != last):
            yield together
            together = []
        together.append((row, cells))
        last = about
    if together:
        yield together


def _first(cells: Iterable[list[str]]) -> str:
    """The first that is not blank, short enough to be shown."""
    return next((each.strip()[:LONGEST_SHOWN] for [each] in filter(None, cells) if each.strip()), "")
