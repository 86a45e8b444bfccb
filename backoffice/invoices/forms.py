"""The forms of billing: two buttons, and the one address that may be missing."""

from flask_babel import lazy_gettext as _
from wtforms import IntegerField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from backoffice.db import Address
from backoffice.forms import PostedForm, TypedText


class DraftForm(PostedForm):
    """Make the invoice of an order."""


class IssueForm(PostedForm):
    """Issue a draft, as it was when the page was opened."""

    revision = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(_("Go back, reload the page and try again."))]
    )


class AddressForm(PostedForm):
    """The client's billing address; ``revision`` is the client's."""

    street = TypedText(_("Street"), most=200)
    postcode = TypedText(_("Postcode"), most=20, required=_("Enter the postcode."))
    city = TypedText(_("City"), most=100, required=_("Enter the city."))
    revision = IntegerField(
        widget=HiddenInput(), validators=[InputRequired(_("Go back, reload the page and try again."))]
    )

    def address(self) -> Address:
        return Address(self.street.data or "", self.postcode.data, self.city.data)
