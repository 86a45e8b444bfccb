"""The forms of the list of reasons."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField
from wtforms.fields import SelectChoice

from backoffice.db import Bilingual
from backoffice.forms import EditForm, PostedForm, TypedText
from backoffice.reasons.models import LONGEST_NAME, Reason


class NameOfReason(PostedForm):
    """A new reason."""

    name_fr = TypedText(_("In French"), most=LONGEST_NAME, required=_("Enter the reason in French."))
    name_en = TypedText(_("In English"), most=LONGEST_NAME)
    for_clients = BooleanField(_("Clients may choose it too"), default=True)

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_fr.data, self.name_en.data or "")


class RenameForm(NameOfReason, EditForm):
    """Another name for a reason."""

    @classmethod
    def of(cls, reason: Reason) -> "RenameForm":
        facts: dict[str, Any] = {
            "revision": reason.revision,
            "name_fr": reason.name.fr,
            "name_en": reason.name.en,
            "for_clients": reason.for_clients,
        }
        return cls(formdata=None, data=facts)


class MoveForm(PostedForm):
    """Which of two buttons was pressed."""

    to = RadioField(choices=[SelectChoice("up", ""), SelectChoice("down", "")])


class ReasonForm(PostedForm):
    """Only the token: archiving and restoring."""
