"""The form of the test e-mail."""

from backoffice.forms import PostedForm


class TrialForm(PostedForm):
    """Only the token."""
