"""The forms of the second factor."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired

from backoffice.account.forms import ProvedForm


class TurnOnForm(ProvedForm):
    """``secret`` is what the page showed, sealed."""

    secret = HiddenField()
    code = StringField(
        _("Code from your app"), [InputRequired(_("Enter the six digits that your app shows."))]
    )


class TurnOffForm(ProvedForm):
    """The present password alone."""


class NewCodesForm(ProvedForm):
    """The present password alone."""
