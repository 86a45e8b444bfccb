"""Which days: asked in an address, and posted with the button."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Form
from wtforms.validators import DataRequired, ValidationError

from backoffice.accounting.span import Span, TooLong, TurnedRound
from backoffice.forms import Day, PostedForm, Spoken


class SpanFields:
    """The first day and the last, both included."""

    first: Any = Day(_("First day"), validators=[DataRequired(_("Enter the first day."))])
    last: Any = Day(_("Last day"), validators=[DataRequired(_("Enter the last day."))])

    def validate_last(self, _field: Any) -> None:
        if not self.first.errors:
            try:
                self.span  # noqa: B018 - it says whether these days make one
            except (TurnedRound, TooLong) as refusal:
                raise ValidationError(refusal.sentence()) from None

    @property
    def span(self) -> Span:
        """Raises TurnedRound, TooLong."""
        return Span.of(self.first.data, self.last.data)


class SpanForm(SpanFields, Form):
    """In an address: it changes nothing, and carries no token."""

    Meta = Spoken


class PackForm(SpanFields, PostedForm):
    """The button that packs what one sees."""
