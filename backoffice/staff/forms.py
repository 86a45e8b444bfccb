"""The forms of signing in and out, and of a forgotten password."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, ValidationError

from backoffice.errors import Refusal
from backoffice.forms import PostedForm
from backoffice.staff import passwords


class SignInForm(PostedForm):
    """An address that is no address is simply not right: only empty fields are told apart."""

    email = EmailField(_("E-mail"), [InputRequired(_("Enter your e-mail address."))])
    password = PasswordField(_("Password"), [InputRequired(_("Enter your password."))])


class SignOutForm(PostedForm):
    """Only the token."""


class CodeForm(PostedForm):
    """The second step: one of the two."""

    code = StringField(_("Code from your app"))
    recovery_code = StringField(_("Recovery code"))

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if valid and not (self.code.data or "").strip() and not (self.recovery_code.data or "").strip():
            self.code.errors = [*self.code.errors, _("Enter the six digits that your app shows.")]
            return False
        return valid


class ForgottenForm(PostedForm):
    email = EmailField(_("E-mail"), [InputRequired(_("Enter your e-mail address."))])


class NewPasswordField(PasswordField):
    """A password to be: refused when anybody would guess it. ``email`` is whose it will be, set by the view."""

    email = ""

    def __init__(self, label: Any, **given: Any) -> None:
        super().__init__(label, [InputRequired(_("Enter a password."))], **given)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:  # noqa: FBT001 - WTForms' signature
        if validation_stopped:
            return
        try:
            passwords.check(self.data, email=self.email)
        except Refusal as refusal:
            raise ValidationError(refusal.sentence()) from None


class NewPasswordForm(PostedForm):
    password = NewPasswordField(_("New password"))
