"""A table handed over, as a file or as cells that were copied; and which of its columns is what."""

from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FileField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from backoffice.files.types import TEXTS, text_in
from backoffice.files.uploads import Upload, checked
from backoffice.forms import PostedForm, TypedNotes
from backoffice.imports.sheet import Sheet
from backoffice.imports.subjects import Subject
from backoffice.tabular.reading import MOST_BYTES, MOST_COLUMNS

LONGEST_PASTED = 900_000
NUMBERS = [
    SelectChoice("fr", _("with a comma: 1234,50")),
    SelectChoice("en", _("with a point: 1234.50")),
]


class UploadForm(PostedForm):
    """A file, or the cells themselves. ``upload`` raises FileEmpty, FileTooLarge, FileTypeRefused."""

    file = FileField(_("CSV file"))
    pasted = TypedNotes(_("Or paste the cells here"), most=LONGEST_PASTED)

    def validate_pasted(self, field: TypedNotes) -> None:
        if not field.data and not self.has_file:
            raise ValidationError(gettext("Choose a file, or paste cells here with their headings."))

    @property
    def has_file(self) -> bool:
        given = request.files.get(self.file.name)
        return given is not None and bool(given.filename)

    def upload(self) -> Upload:
        if self.has_file:
            given = request.files[self.file.name]
            data = given.read()
            given.close()  # a large one is a file on the disk
            return checked(data, given.filename or "", allowed=TEXTS, largest=MOST_BYTES)
        return checked(self.pasted.data.encode(), gettext("pasted.csv"), allowed=TEXTS, largest=MOST_BYTES)

    def refuse(self, sentence: str) -> None:
        (self.file if self.has_file else self.pasted).errors = [sentence]


class MappingForm(PostedForm):
    """One choice per column of the table."""

    columns = FieldList(SelectField(_("Column")), label=_("Columns"), max_entries=MOST_COLUMNS)
    numbers = RadioField(_("Numbers are written"), choices=NUMBERS)
    makes_missing = BooleanField()

    subject: Subject

    @classmethod
    def of(cls, sheet: Sheet, subject: Subject, *, posted: bool) -> "MappingForm":
        given: dict[str, Any] = {"data": {"columns": sheet.mapping, "numbers": sheet.numbers}}
        given["data"]["makes_missing"] = sheet.makes_missing
        form = cls(**given) if posted else cls(formdata=None, **given)
        form.subject = subject
        if subject.makes_missing:
            form.makes_missing.label.text = subject.makes_missing
        else:
            del form.makes_missing
        choices = [("", gettext("Not imported")), *((each.name, str(each.label)) for each in subject.columns)]
        for entry, heading in zip(form.columns.entries, sheet.headings, strict=False):
            entry.choices = choices
            entry.label.text = heading or gettext("(no heading)")
        for entry in form.columns.entries[len(sheet.headings) :]:
            entry.choices = choices
        return form

    def validate_columns(self, field: FieldList) -> None:
        known = {column.name: str(column.label) for column in self.subject.columns}
        chosen = [entry.data for entry in field.entries if entry.data in known]
        twice = next((name for name in chosen if chosen.count(name) > 1), None)
        if twice is not None:
            raise ValidationError(
                gettext("Two columns are %(label)s. Choose one of them.", label=known[twice])
            )

        missing = self.subject.missing(frozenset(chosen))
        if missing:
            labels = ", ".join(str(column.label) for column in missing)
            raise ValidationError(gettext("Say which column is: %(labels)s.", labels=labels))

    def mapping(self, width: int) -> list[str]:
        given = [entry.data or "" for entry in self.columns.entries]
        return [*given[:width], *[""] * (width - len(given))]


class ConfirmForm(PostedForm):
    pass


def as_text(upload: Upload) -> bytes:
    """UTF-16 as UTF-8: rows are streamed, and nothing else needs to know of it."""
    if upload.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return text_in(upload.data).encode()
    return upload.data
