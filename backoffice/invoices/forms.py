"""The forms of billing: buttons, the quantities of a part, and the one address that may be missing."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField
from wtforms.validators import ValidationError

from backoffice.db import Address
from backoffice.forms import EditForm, PostedForm, Revision, TypedNumber, TypedText
from backoffice.invoices.models import InvoiceKind
from backoffice.language import quantity
from backoffice.money import ZERO
from backoffice.opportunities.numbers import MOST_QUANTITY
from backoffice.typed import number

LINE = "line_"
Form = TypeVar("Form", bound=PostedForm)


class DraftForm(PostedForm):
    """Make the next invoice of an order; ``kind`` is what the button called it."""

    kind = HiddenField()

    @property
    def wanted(self) -> InvoiceKind | None:
        """None when the button did not say."""
        return InvoiceKind(self.kind.data) if self.kind.data in set(InvoiceKind) else None


class PartForm(PostedForm):
    """An invoice of some quantities; see ``with_quantities``."""


class IssueForm(EditForm):
    """Issue a draft to its client, both as they were when the page was opened."""

    client_revision = Revision()


class DiscardForm(EditForm):
    """Put a draft away."""


class AddressForm(EditForm):
    """The client's billing address; ``revision`` is the client's."""

    street = TypedText(_("Street"), most=200)
    postcode = TypedText(_("Postcode"), most=20, required=_("Enter the postcode."))
    city = TypedText(_("City"), most=100, required=_("Enter the city."))

    def address(self) -> Address:
        return Address(self.street.data or "", self.postcode.data, self.city.data)


class Left(NamedTuple):
    """A line of which ``quantity`` is left."""

    id: int
    name: str
    quantity: Decimal


def with_quantities(form: type[Form], lines: Iterable[Left]) -> type[Form]:
    """``form`` with a field per line, filled with what is left of it and refusing more."""
    fields: Mapping[str, Any] = {f"{LINE}{line.id}": _field(line) for line in lines}
    return type(form.__name__, (form,), dict(fields))


def quantities_in(form: PostedForm) -> dict[int, Decimal]:
    """What was typed, by line, once valid; nothing of a line that was not sent."""
    return {
        int(name.removeprefix(LINE)): field.data or ZERO
        for name, field in form._fields.items()
        if name.startswith(LINE)
    }


def _field(line: Left) -> TypedNumber:
    def at_most(_form: Any, field: Any) -> None:
        if field.data is not None and field.data > line.quantity:
            raise ValidationError(gettext("At most %(quantity)s is left.", quantity=quantity(line.quantity)))

    return TypedNumber(
        line.name, reading=_quantity, writing=quantity, default=line.quantity, validators=[at_most]
    )


def _quantity(text: str, language: str) -> Decimal:
    """Nothing typed is nothing wanted."""
    return number(text, places=4, most=MOST_QUANTITY, language=language) if text.strip() else ZERO
