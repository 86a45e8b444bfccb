"""The forms of inviting, and of an invited person."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SelectField
from wtforms.fields import SelectChoice

from backoffice.clients.forms import TypedEmail
from backoffice.forms import PostedForm, TypedText
from backoffice.staff.forms import NewPasswordField
from backoffice.staff.models import Role

LONGEST_NAME = 120
LANGUAGES = [SelectChoice("fr", _("French")), SelectChoice("en", _("English"))]


def role_names() -> dict[str, Any]:
    """In the order of what they allow."""
    return {
        Role.REP.value: _("Sales representative"),
        Role.MANAGER.value: _("Manager"),
        Role.ACCOUNTANT.value: _("Accountant"),
        Role.ADMIN.value: _("Administrator"),
    }


def role_choices() -> list[SelectChoice]:
    return [SelectChoice(value, name) for value, name in role_names().items()]


class InviteForm(PostedForm):
    name = TypedText(_("Name"), most=LONGEST_NAME, required=_("Enter the person’s name."))
    email = TypedEmail(_("E-mail"), required=_("Enter the person’s e-mail address."))
    role = SelectField(_("Role"), choices=role_choices)
    language = SelectField(_("Language"), choices=LANGUAGES)


class ButtonForm(PostedForm):
    """Only the token."""


class AcceptForm(PostedForm):
    name = TypedText(_("Your name"), most=LONGEST_NAME, required=_("Enter your name."))
    password = NewPasswordField(_("Choose a password"))
