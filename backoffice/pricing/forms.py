"""What forms about prices share, and those of dated prices and of a client's terms."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField
from wtforms.validators import ValidationError

from backoffice.forms import Day, EditForm, PostedForm, TypedNumber, id_in, in_own_currency
from backoffice.language import current_language, quantity
from backoffice.opportunities.numbers import MOST_QUANTITY, percentage, price
from backoffice.opportunities.written import written_price
from backoffice.pages import seller
from backoffice.pricing.cascade import Days
from backoffice.pricing.models import ClientGroup, PriceList
from backoffice.typed import number

NOBODY = 0


def price_or_nothing(text: str, language: str) -> Decimal | None:
    return price(text, language) if text.strip() else None


def percentage_or_nothing(text: str, language: str) -> Decimal | None:
    return percentage(text, language) if text.strip() else None


def quantity_or_any(text: str, language: str) -> Decimal:
    """Nothing typed is any quantity: 0."""
    return number(text, places=4, most=MOST_QUANTITY, language=language) if text.strip() else Decimal(0)


def written_quantity(value: Decimal) -> str:
    return quantity(value) if value else ""


def _day_in(field: Day) -> date | None:
    day: Any = field.data
    return day if isinstance(day, date) else None


class InForce(PostedForm):
    """Days of effect, both included."""

    valid_from = Day(_("First day"))
    valid_to = Day(_("Last day"))

    @property
    def days(self) -> Days:
        """Once valid."""
        first: Any = self.valid_from.data
        return Days(first, _day_in(self.valid_to))

    def validate_valid_from(self, field: Day) -> None:
        if _day_in(field) is None and not field.errors:
            raise ValidationError(gettext("Enter the first day."))

    def validate_valid_to(self, field: Day) -> None:
        first: Any = self.valid_from.data
        if first and not Days(first, _day_in(field)).in_order:
            raise ValidationError(gettext("Enter a day that is not before the first one."))


class ProductPriceForm(InForce):
    """A price of a product on certain days."""

    unit_price = TypedNumber(
        _("Unit price excl. VAT"),
        reading=price_or_nothing,
        writing=written_price,
        validators=[in_own_currency],
    )

    @property
    def meant_in(self) -> str:
        return seller().currency

    @property
    def price(self) -> Decimal:
        """Once valid."""
        return Decimal(self.unit_price.data or 0)

    def validate_unit_price(self, field: TypedNumber) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(gettext("Enter the price; 0 if it costs nothing."))


class ActForm(PostedForm):
    """Only the token: ending, archiving and restoring."""


class TakePriceForm(EditForm):
    """One button: the line costs what the rules say today. The revision is the deal's."""


class Choice(SelectField):
    """One of some rows, or nothing; ``chosen`` is its id or None."""

    def __init__(self, label: Any, **given: Any) -> None:
        super().__init__(label, coerce=_id_or_nobody, default=NOBODY, **given)

    def offer(self, nothing: str, rows: Sequence[tuple[int, str]]) -> None:
        self.choices = [(NOBODY, nothing), *rows]

    @property
    def chosen(self) -> int | None:
        return self.data or None


def _id_or_nobody(text: Any) -> int:
    return id_in(str(text)) or NOBODY


class TermsForm(EditForm):
    """What prices a client's products besides the catalogue."""

    group = Choice(_("Group"))
    price_list = Choice(_("Price list of its own"))

    def offer(self, groups: Sequence[ClientGroup], lists: Sequence[PriceList]) -> None:
        self.group.offer(gettext("No group"), [(each.id, each.name) for each in groups])
        self.price_list.offer(gettext("None: that of its group, or the catalogue"), list_choices(lists))


def list_choices(lists: Sequence[PriceList]) -> list[tuple[int, str]]:
    """Id, and the name with the currency."""
    spoken = current_language()
    return [(each.id, f"{each.name.text(spoken)} ({each.currency})") for each in lists]
