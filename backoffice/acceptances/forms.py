"""The form on which a rep records that the client accepted on paper, by e-mail, by telephone or orally."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from backoffice.acceptances.models import LONGEST_NOTE, WRITTEN, Accepting, Method
from backoffice.acceptances.refusals import ConsumerInWriting
from backoffice.clients.forms import TypedEmail
from backoffice.files.forms import UploadForm, Uploads
from backoffice.files.limits import LARGEST, MOST
from backoffice.files.types import PICTURES, FileType
from backoffice.forms import Day, TypedNotes, TypedText

PROOFS = PICTURES | {FileType.PDF, FileType.TEXT}
"""What a scanner, a telephone and a mail program give; nothing that one would edit."""
LABELS = {
    Method.PAPER: _("On paper: quote or purchase order, signed"),
    Method.EMAIL: _("By e-mail"),
    Method.TELEPHONE: _("By telephone"),
    Method.IN_PERSON: _("Orally, in person"),
}


RECALCULATE = "recalculate"
"""The name of the button that adds up a choice and records nothing."""


class AcceptanceForm(UploadForm):
    """``seen_as``: the digest of what was on the page; the choice itself is read by ``Choosing``.

    Call ``make_room`` before it is made from a request.
    """

    seen_as = HiddenField()
    posted_as = HiddenField()
    method = RadioField(
        _("How the client accepted"),
        choices=[SelectChoice(each.value, label) for each, label in LABELS.items()],
        validate_choice=False,
    )
    files = Uploads(_("Proof"), allowed=PROOFS, largest=LARGEST, most=MOST)
    name = TypedText(_("Who accepted"), most=120, required=_("Enter who accepted."))
    function = TypedText(_("Job title"), most=120)
    email = TypedEmail(_("E-mail address"))
    accepted_on = Day(_("Accepted on"))
    note = TypedNotes(_("Note"), most=LONGEST_NOTE)
    checked = BooleanField(_("Comparison"))

    def __init__(self, *given: Any, consumer: bool, complaints: Sequence[str] = (), **named: Any) -> None:
        """``consumer``: whom the law lets accept in writing only; ``complaints``: why the choice cannot be had."""
        super().__init__(*given, **named)
        self.complaints = complaints
        self.offered = [each for each in Method if each in WRITTEN or not consumer]
        self.method.choices = [SelectChoice(each.value, LABELS[each]) for each in self.offered]
        if consumer:
            del self.function

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        self.form_errors.extend(self.complaints)
        return valid and not self.complaints

    def open_on(self, digest: str) -> None:
        """A new page, about what ``digest`` binds."""
        self.seen_as.data = digest
        self.posted_as.data = str(uuid4())
        self.checked.data = False

    def come_back(self) -> None:
        """What was typed is shown again; files are not, so that their absence is told where they are chosen."""
        if self.files.data:
            self.files.errors = [
                *self.files.errors,
                gettext("Choose your files again: a page cannot keep them."),
            ]

    def validate_method(self, field: RadioField) -> None:
        if field.data not in set(Method):
            raise ValidationError(gettext("Choose how the client accepted."))
        if Method(field.data) not in self.offered:
            raise ValidationError(ConsumerInWriting().sentence())

    def validate_accepted_on(self, field: Day) -> None:
        day: date | None = field.data
        if day is None and not field.errors:
            raise ValidationError(gettext("Enter the day on which the client accepted."))

    def validate_checked(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(
                gettext("Compare first, then tick this box: an acceptance cannot be taken back.")
            )

    def accepting(self, *, by: int) -> Accepting:
        try:
            mark = UUID(self.posted_as.data or "")
        except ValueError:
            mark = uuid4()
        day: date = self.accepted_on.data  # type: ignore[assignment]  # validated
        return Accepting(
            method=Method(self.method.data),
            name=self.name.data,
            function=(self.function.data or "") if "function" in self else "",
            email=self.email.data or "",
            accepted_on=day,
            note=self.note.data or "",
            proofs=len(self.files.data),
            recorded_by=by,
            posted_as=mark,
        )
