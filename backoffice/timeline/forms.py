"""The form in which people write into a deal's history."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from backoffice.agenda.forms import Hour
from backoffice.forms import Day, PostedForm, TypedNotes

LONGEST_NOTE = 5000
NOTE, ANSWERED, UNANSWERED = "note", "call", "no_answer"


class NoteForm(PostedForm):
    """A note of now, or a call of now or before."""

    kind = RadioField(
        _("Kind of entry"),
        choices=[
            SelectChoice(NOTE, _("Note")),
            SelectChoice(ANSWERED, _("Call")),
            SelectChoice(UNANSWERED, _("Call, no answer")),
        ],
        default=NOTE,
        validators=[InputRequired(_("Choose one."))],
    )
    words = TypedNotes(_("Your words"), most=LONGEST_NOTE, required=_("Write something first."))
    held_on = Day(_("Day of the call"))
    held_at = Hour(_("Hour of the call"))

    def moment(self, zone: str) -> datetime | None:
        """When the call took place; None for just now."""
        day: date | None = self.held_on.data
        if day is None:
            return None
        return datetime.combine(day, self.held_at.data or time(), ZoneInfo(zone))
