"""The form of a mail that failed."""

from backoffice.forms import PostedForm


class SendAgainForm(PostedForm):
    """Only the token."""
