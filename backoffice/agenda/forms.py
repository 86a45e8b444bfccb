"""The form of a task or an appointment."""

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from backoffice.agenda.models import LONGEST_TITLE, Task
from backoffice.agenda.planning import TaskFacts
from backoffice.forms import Day, EditForm, PostedForm, TypedNotes, TypedText

LONGEST_NOTES = 2000
HOUR = re.compile(r"(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)?")
LASTS = (15, 30, 45, 60, 90, 120, 180, 240, 480)
USUAL = 60


class Hour(StringField):
    """``14:30``, ``14h30``, ``14 h`` or ``9``; nothing for none. ``data`` is a time or None."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:%H:%M}"

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        typed = valuelist[0].strip() if valuelist else ""
        if not typed:
            return
        match = HOUR.fullmatch(typed) if typed.isascii() else None
        try:
            self.data = time(int(match[1]), int(match[2] or 0)) if match else None
        except ValueError:
            self.data = None
        if self.data is None:
            raise ValidationError(gettext("Enter an hour, such as %(example)s.", example="14:30"))


class TaskForm(EditForm):
    """With an hour it is an appointment."""

    what = TypedText(_("What"), most=LONGEST_TITLE, required=_("Say what is to be done."))
    day = Day(_("Day"))
    hour = Hour(_("Hour"))
    minutes = SelectField(_("Lasts"), coerce=int, default=USUAL, validate_choice=True)
    assignee = SelectField(_("For"), coerce=int, validators=[InputRequired(_("Choose one."))])
    about = TypedNotes(_("Notes on it"), most=LONGEST_NOTES)

    def offer(self, people: Sequence[tuple[int, str]]) -> None:
        """Who may be given it, and how long it may last: as long as it does already, too."""
        self.assignee.choices = list(people)
        known = sorted({*LASTS, self.minutes.object_data or USUAL})
        self.minutes.choices = [SelectChoice(each, lasting(each)) for each in known]

    @property
    def chosen_day(self) -> date:
        """Of a form that was validated."""
        day: date | None = self.day.data
        if day is None:
            raise ValueError("no day")
        return day

    def validate_day(self, field: Day) -> None:
        day: date | None = field.data
        if day is None:
            raise ValidationError(gettext("Enter a day, such as %(example)s.", example="31/12/2026"))

    def facts(self) -> TaskFacts:
        begins = self.hour.data
        return TaskFacts(
            title=self.what.data,
            notes=self.about.data or "",
            assignee_id=self.assignee.data,
            due_on=self.chosen_day,
            begins=begins,
            minutes=self.minutes.data if begins is not None else None,
        )

    @classmethod
    def blank(cls, *, day: date, assignee: int) -> "TaskForm":
        return cls(formdata=None, data={"revision": 0, "day": day, "assignee": assignee})

    @classmethod
    def of(cls, task: Task, begins: time | None) -> "TaskForm":
        """``begins``: the hour in the seller's zone."""
        data: dict[str, Any] = {
            "revision": task.revision,
            "what": task.title,
            "day": task.due_on,
            "hour": begins,
            "minutes": task.minutes or USUAL,
            "assignee": task.assignee_id,
            "about": task.notes,
        }
        return cls(formdata=None, data=data)


class TickForm(PostedForm):
    """One tap."""


def lasting(minutes: int) -> str:
    """90 as “1 h 30”."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("%(minutes)s min", minutes=rest)
    if not rest:
        return gettext("%(hours)s h", hours=hours)
    return gettext("%(hours)s h %(minutes)s", hours=hours, minutes=f"{rest:02d}")
