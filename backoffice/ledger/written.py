"""The rows of the ledger as they are stored, in the reader's notation.

The same shape as rows of a form, for the same templates, without a form: a thousand lines have six thousand fields,
and making each of them a field of WTForms takes seconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from backoffice.money import Vat
from backoffice.opportunities.forms import LineFields, row_of
from backoffice.opportunities.models import LineKind, OpportunityLine
from backoffice.opportunities.written import (
    vat_choices,
    vat_code,
    written_discount,
    written_price,
    written_quantity,
)

NOTHING_WRONG: tuple[str, ...] = ()


@dataclass(slots=True)
class Cell:
    """What a field of a form is to a template."""

    name: str
    data: Any
    label: SimpleNamespace
    choices: Sequence[tuple[str, str]] = ()
    errors: tuple[str, ...] = NOTHING_WRONG

    @property
    def id(self) -> str:
        return self.name

    def _value(self) -> Any:
        return self.data


class Row:
    """``number``: of the row in the form around it."""

    def __init__(self, line: OpportunityLine, number: int, writing: "Writing") -> None:
        self.key: UUID = line.uuid
        self.is_section = line.kind is LineKind.SECTION
        self.is_note = line.kind is LineKind.NOTE
        for name, value in writing.values(line).items():
            choices = writing.choices_of(line) if name == "vat" else ()
            setattr(self, name, Cell(f"lines-{number}-{name}", value, writing.labels[name], choices))


class Writing:
    """What is looked up once for all rows."""

    def __init__(self, rates: Iterable[Vat], language: str, currency: str) -> None:
        self.language, self.currency = language, currency
        self._choices = vat_choices(rates)
        self._known = {code for code, _words in self._choices}
        self.labels = {
            name: SimpleNamespace(text=str(getattr(LineFields, name).args[0]) if name not in HIDDEN else "")
            for name in ("uuid", "kind", "name", "description", "quantity", "unit_price", "discount", "vat")
        }

    def rows(self, lines: Iterable[OpportunityLine], *, first: int = 0) -> list[Row]:
        return [Row(line, number, self) for number, line in enumerate(lines, first)]

    def values(self, line: OpportunityLine) -> dict[str, Any]:
        values = row_of(line, self.language, self.currency)
        values["quantity"] = written_quantity(values["quantity"])
        values["unit_price"] = written_price(values["unit_price"])
        values["discount"] = written_discount(*values["discount"])
        return values

    def choices_of(self, line: OpportunityLine) -> Sequence[tuple[str, str]]:
        """The rates in force, and the one that the line already has."""
        if not line.is_item or vat_code(line.priced.vat) in self._known:
            return self._choices
        return [*self._choices, *vat_choices([line.priced.vat])]


HIDDEN = frozenset({"uuid", "kind"})
