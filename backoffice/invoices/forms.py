"""The two one-button forms of billing."""

from wtforms import IntegerField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from backoffice.forms import PostedForm


class DraftForm(PostedForm):
    """Make the invoice of an order."""


class IssueForm(PostedForm):
    """Issue a draft, as it was when the page was opened."""

    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
