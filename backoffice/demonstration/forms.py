"""Loading the demonstration, and removing it with a word that nobody types by mistake."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms.validators import ValidationError

from backoffice.demonstration.removing import WrongWord
from backoffice.forms import PostedForm, TypedText


class LoadForm(PostedForm):
    """Only the token."""


class RemoveForm(PostedForm):
    word = TypedText(_("Confirmation"), most=40, required=_("Type the word to confirm."))

    def validate_word(self, field: TypedText) -> None:
        if (field.data or "").casefold() != removal_word().casefold():
            raise ValidationError(WrongWord(word=removal_word()).sentence())


def removal_word() -> str:
    return gettext("remove")
