"""How the numbers of each series are written."""

from typing import Any, Self

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from backoffice.errors import Refusal
from backoffice.forms import EditForm, TypedNumber, TypedText, whole_number
from backoffice.numbering.formats import (
    FEWEST_DIGITS,
    HIGHEST_START,
    MOST_DIGITS,
    Format,
    revision_of,
)
from backoffice.numbering.models import Counter, Series, YearForm

YEARS = [
    SelectChoice(YearForm.APART.value, _("After a dash: F-2026-0001")),
    SelectChoice(YearForm.JOINED.value, _("After the letters: F2026-0001")),
    SelectChoice(YearForm.NONE.value, _("Not at all: F-0001")),
]
DIGITS = [
    SelectChoice(str(count), "0" * (count - 1) + "1") for count in range(FEWEST_DIGITS, MOST_DIGITS + 1)
]


class NumberingForm(EditForm):
    """For each series five fields, as ``quote_prefix``; they are added below."""

    @classmethod
    def of(cls, counters: list[Counter]) -> Self:
        form = cls(formdata=None, data={"revision": revision_of(counters)})
        form.offer(counters)
        for row in counters:
            form.field(row.series, "prefix").data = row.prefix
            form.field(row.series, "year_form").data = row.year_form.value
            form.field(row.series, "digits").data = str(row.digits)
            form.field(row.series, "yearly").data = row.yearly
            if row.last_on is None:
                form.field(row.series, "start").data = row.last + 1
        return form

    def offer(self, counters: list[Counter]) -> None:
        """Only a series without a number may begin where one likes."""
        for row in counters:
            if row.last_on is not None and f"{row.series}_start" in self:
                del self[f"{row.series}_start"]

    def field(self, series: Series, name: str) -> Any:
        return self[f"{series}_{name}"]

    def formats(self) -> dict[Series, Format]:
        """What was typed, once valid."""
        return {
            series: Format(
                prefix=(self.field(series, "prefix").data or "").upper(),
                year_form=YearForm(self.field(series, "year_form").data),
                digits=int(self.field(series, "digits").data),
                yearly=self.field(series, "yearly").data,
                start=self.field(series, "start").data if f"{series}_start" in self else None,
            )
            for series in Series
        }

    def refuse(self, series: Series, name: str, refusal: Refusal) -> None:
        field = self.field(series, name)
        field.errors = [*field.errors, refusal.sentence()]


def first_number(text: str, language: str) -> int:
    return max(1, whole_number(most=HIGHEST_START)(text, language))


LABELS = {
    Series.QUOTE: _("Quotes"),
    Series.ORDER: _("Orders"),
    Series.INVOICE: _("Invoices"),
    Series.CREDIT_NOTE: _("Credit notes"),
}


def fields_of(series: Series) -> dict[str, Any]:
    """The labels name the series for the list of errors; on the page its heading does."""
    documents = LABELS.get(series, _("Other documents"))
    return {
        "prefix": TypedText(
            _("%(documents)s, letters", documents=documents),
            most=6,
            required=_("Enter one to six letters from A to Z."),
        ),
        "year_form": SelectField(_("%(documents)s, year", documents=documents), choices=YEARS),
        "digits": SelectField(_("%(documents)s, digits", documents=documents), choices=DIGITS),
        "yearly": BooleanField(_("%(documents)s, begin again at 1 every year", documents=documents)),
        "start": TypedNumber(
            _("%(documents)s, first number", documents=documents),
            reading=first_number,
            writing=str,
            validators=[InputRequired(_("Enter the number to begin with, such as 1."))],
        ),
    }


for _series in Series:
    for _name, _field in fields_of(_series).items():
        setattr(NumberingForm, f"{_series}_{_name}", _field)


def names_of(series: Series) -> str:
    """What its documents are called."""
    return str(LABELS.get(series, _("Other documents")))
