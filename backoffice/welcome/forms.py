"""The form of the first administrator."""

from flask_babel import lazy_gettext as _
from wtforms import PasswordField
from wtforms.validators import InputRequired, ValidationError

from backoffice.clients.forms import TypedEmail
from backoffice.forms import PostedForm, TypedText
from backoffice.staff import passwords
from backoffice.staff.addresses import normal
from backoffice.staff.refusals import WeakPassword


class BeginForm(PostedForm):
    code = TypedText(_("Set-up code"), most=60, required=_("Enter the code that the terminal shows."))
    name = TypedText(_("Your name"), most=120, required=_("Enter your name."))
    email = TypedEmail(_("Your e-mail"), required=_("Enter your e-mail address."))
    password = PasswordField(_("Choose a password"), [InputRequired(_("Choose a password."))])

    def validate_password(self, field: PasswordField) -> None:
        try:
            passwords.check(field.data or "", email=normal(self.email.data or ""))
        except WeakPassword as refusal:
            raise ValidationError(refusal.sentence()) from None
