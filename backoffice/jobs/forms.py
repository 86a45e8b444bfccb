"""The one button of a job."""

from backoffice.forms import PostedForm


class CancelForm(PostedForm):
    pass
