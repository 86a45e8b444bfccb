"""What all posted forms of the back office have in common."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, IntegerField, StringField
from wtforms.validators import DataRequired, ValidationError
from wtforms.widgets import HiddenInput, TextArea

from backoffice.errors import Refusal
from backoffice.language import current_language
from backoffice.typed import line_of, note_of, number, refuse_other_currency, text_of

LONGEST_ID = 18
SAID_BY_WTFORMS = {
    "Not a valid choice.": _("Choose one from the list."),
    "Invalid Choice: could not coerce.": _("Choose one from the list."),
    "Not a valid integer value.": _("Enter a whole number."),
}


def id_in(text: str | None) -> int | None:
    """A row's id as a form carries it; None for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID else None


class OurSentences:
    """What WTForms says by itself, in sentences that tell what to do and in the reader's language."""

    def gettext(self, text: str) -> str:
        return str(SAID_BY_WTFORMS.get(text) or gettext("Please check this entry."))

    def ngettext(self, singular: str, _plural: str, _number: int) -> str:
        return self.gettext(singular)


class Spoken:
    """The ``Meta`` of every form, also of those inside another."""

    def get_translations(self, _form: Any) -> OurSentences:
        return OurSentences()


class PostedTexts(Spoken, FlaskForm.Meta):
    """Reads only the texts that were posted: a file or JSON in their place is nothing that was typed."""

    def wrap_formdata(self, _form: Any, formdata: Any) -> Any:
        given = formdata is None or isinstance(formdata, MultiDict)
        return formdata if given else request.form or None


class PostedForm(FlaskForm):
    """Checks the session's CSRF token as it validates, so that a filled form comes back with a fresh one."""

    Meta = PostedTexts
    token_refused = False

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        token = self._fields.get("csrf_token")
        if token is not None and token.errors:
            # The token is no field that a reader could mend: say it once, for the whole form.
            token.errors = []
            self.token_refused = True
            self.form_errors.append(
                gettext("This page was open for too long. Nothing is lost: check it and send it again.")
            )
        return valid


class Revision(IntegerField):
    """The revision that a form was opened on; a forged one is simply stale."""

    widget = HiddenInput()

    def __init__(self, **given: Any) -> None:
        super().__init__("", **given)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = id_in(valuelist[0] if valuelist else None) or 0

    def reset(self, revision: int) -> None:
        """Put what is stored now in the place of what came with the form."""
        self.data, self.raw_data = revision, None


class Known(Revision):
    """How many entries the page showed that a form stood on; a forged count is simply stale."""

    def process_formdata(self, valuelist: list[str]) -> None:
        count = id_in(valuelist[0] if valuelist else None)
        self.data = -1 if count is None else count


class EditForm(PostedForm):
    """Changes a thing that somebody else may change meanwhile."""

    revision = Revision()

    def reopen(self, revision: int) -> None:
        """Let what was typed be saved over a revision that the reader is now shown."""
        self.revision.reset(revision)
        self.form_errors.append(
            gettext(
                "Somebody changed this meanwhile. What is stored now stands beside what you typed; "
                "save again to keep yours."
            )
        )


class TypedText(StringField):
    """One line as ``typed.line_of`` reads it; what was typed stays in the field."""

    reading = staticmethod(line_of)

    def __init__(self, label: Any, *, most: int, required: Any = None, **given: Any) -> None:
        validators = [DataRequired(required)] if required else []
        super().__init__(label, validators, **given)
        self.most = most

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self.data = valuelist[0]
        try:
            self.data = self.reading(valuelist[0], most=self.most)
        except Refusal as refusal:
            raise ValidationError(refusal.sentence()) from None


class TypedParagraphs(TypedText):
    """Several lines."""

    reading = staticmethod(text_of)
    widget = TextArea()


class TypedNotes(TypedParagraphs):
    """Several lines that no document and no client is shown, as ``typed.note_of`` reads them."""

    reading = staticmethod(note_of)


class TypedNumber(StringField):
    """A number in the reader's or the other notation; ``data`` is what ``reading(text, language)`` makes of it.

    ``writing`` puts a stored value back into words; what was typed is shown again as it was typed.
    """

    def __init__(
        self, label: Any, *, reading: Callable[[str, str], Any], writing: Callable[[Any], str], **given: Any
    ) -> None:
        super().__init__(label, **given)
        self.reading, self.writing = reading, writing

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.writing(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist:
            return
        try:
            self.data = self.reading(valuelist[0], current_language())
        except Refusal as refusal:
            raise ValidationError(refusal.sentence()) from None


def in_own_currency(form: Any, field: TypedNumber) -> None:
    """A validator: an amount is in the currency that ``form.meant_in`` names, whatever sign stands beside it."""
    try:
        refuse_other_currency(str(field.raw_data[0]) if field.raw_data else "", form.meant_in)
    except Refusal as refusal:
        raise ValidationError(refusal.sentence()) from None


class Day(DateField):
    """A day as a browser's calendar sends it, or as people of either language type it; within a lifetime of use."""

    FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y")
    FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)

    def __init__(self, label: Any, **given: Any) -> None:
        super().__init__(label, format=list(self.FORMATS), **given)

    def _value(self) -> str:
        """Sent twice, the first counts and is shown again."""
        return str(self.raw_data[0]) if self.raw_data else str(super()._value())

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            super().process_formdata([valuelist[0].strip()])
        except ValueError:
            self.data = None
        day: date | None = self.data
        if day is None or not self.FIRST <= day <= self.LAST:
            raise ValidationError(gettext("Enter a day, such as %(example)s.", example="31/12/2026"))


def whole_number(*, most: int) -> Callable[[str, str], int]:
    """The reading of a TypedNumber without decimals."""
    return lambda text, language: int(number(text, places=0, most=Decimal(most), language=language))
