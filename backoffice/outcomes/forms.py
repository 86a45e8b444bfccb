"""The forms of giving a deal up, handing it over, and of acts that need no more than a button."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from backoffice.db import Bilingual
from backoffice.forms import EditForm, PostedForm, TypedNotes
from backoffice.opportunities.models import Outcome

LONGEST_WORDS = 2000
LABELS = {Outcome.LOST: _("Lost"), Outcome.EXPIRED: _("Expired: the client never answered")}


class ActForm(PostedForm):
    """A button."""


class GiveUpForm(EditForm):
    outcome = RadioField(_("How it ends"), validators=[DataRequired(_("Choose one."))])
    reason = SelectField(_("Reason"), coerce=int, validate_choice=True)
    words = TypedNotes(_("What happened"), most=LONGEST_WORDS)

    def offer(
        self, outcomes: Sequence[Outcome], reasons: Sequence[tuple[int, Bilingual]], language: str
    ) -> None:
        self.outcome.choices = [SelectChoice(each.value, LABELS[each]) for each in outcomes]
        if self.outcome.data is None and outcomes:
            self.outcome.data = outcomes[0].value
        named = [(key, name.text(language)) for key, name in reasons]
        self.reason.choices = [(0, _("Choose a reason")), *named]

    @property
    def is_lost(self) -> bool:
        return bool(self.outcome.data == Outcome.LOST)

    def validate_reason(self, field: SelectField) -> None:
        if self.is_lost and not field.data:
            raise ValidationError(gettext("Choose why the opportunity is lost."))


class HandOverForm(EditForm):
    owner = SelectField(_("New owner"), coerce=int, validate_choice=True)

    def __init__(self, *given: Any, people: Sequence[tuple[int, str]], **named: Any) -> None:
        super().__init__(*given, **named)
        self.owner.choices = list(people)
