"""The forms of signing in and out."""

from flask_babel import lazy_gettext as _
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired

from backoffice.forms import PostedForm


class SignInForm(PostedForm):
    """An address that is no address is simply not right: only empty fields are told apart."""

    email = EmailField(_("E-mail"), [InputRequired(_("Enter your e-mail address."))])
    password = PasswordField(_("Password"), [InputRequired(_("Enter your password."))])


class SignOutForm(PostedForm):
    """Only the token."""
