"""The forms of billing: two buttons, and the one address that may be missing."""

from flask_babel import lazy_gettext as _

from backoffice.db import Address
from backoffice.forms import EditForm, PostedForm, Revision, TypedText


class DraftForm(PostedForm):
    """Make the invoice of an order."""


class IssueForm(EditForm):
    """Issue a draft to its client, both as they were when the page was opened."""

    client_revision = Revision()


class AddressForm(EditForm):
    """The client's billing address; ``revision`` is the client's."""

    street = TypedText(_("Street"), most=200)
    postcode = TypedText(_("Postcode"), most=20, required=_("Enter the postcode."))
    city = TypedText(_("City"), most=100, required=_("Enter the city."))

    def address(self) -> Address:
        return Address(self.street.data or "", self.postcode.data, self.city.data)
