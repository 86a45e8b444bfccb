"""The forms of price lists and of their entries."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField
from wtforms.validators import ValidationError

from backoffice.db import Bilingual
from backoffice.forms import EditForm, PostedForm, TypedNumber, TypedText, id_in, in_own_currency
from backoffice.language import current_language, percent
from backoffice.money import DECIMALS
from backoffice.opportunities.numbers import LONGEST_NAME as LONGEST_PRODUCT
from backoffice.opportunities.written import written_price
from backoffice.price_lists.entries import EntryFacts
from backoffice.pricing.forms import (
    InForce,
    percentage_or_nothing,
    price_or_nothing,
    quantity_or_any,
    written_quantity,
)
from backoffice.pricing.models import LONGEST_NAME, PriceList, PriceListEntry


class NameOfList(PostedForm):
    """What a list is called. Clients never read it, but reps of both languages do."""

    name_fr = TypedText(_("Name in French"), most=LONGEST_NAME, required=_("Enter the name in French."))
    name_en = TypedText(_("Name in English"), most=LONGEST_NAME)

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_fr.data, self.name_en.data or "")


class NewListForm(NameOfList):
    """The currency stays: other prices would be meant in another."""

    currency = SelectField(_("Currency"), choices=sorted(DECIMALS))


class RenameForm(EditForm, NameOfList):
    @classmethod
    def of(cls, price_list: PriceList) -> "RenameForm":
        facts = {
            "revision": price_list.revision,
            "name_fr": price_list.name.fr,
            "name_en": price_list.name.en,
        }
        return cls(formdata=None, data=facts)


class EntryForm(InForce):
    """What a list says of a product. ``product_id`` is what was picked from the list below the field, if anything."""

    product = TypedText(
        _("Product"), most=LONGEST_PRODUCT, required=_("Type the reference or the name of a product.")
    )
    product_id = HiddenField()
    meant_in: str
    """The currency of the list, to be told before the price is validated."""
    from_quantity = TypedNumber(_("From a quantity of"), reading=quantity_or_any, writing=written_quantity)
    unit_price = TypedNumber(
        _("Unit price excl. VAT"),
        reading=price_or_nothing,
        writing=written_price,
        validators=[in_own_currency],
    )
    discount = TypedNumber(
        _("Discount on the catalogue’s price"), reading=percentage_or_nothing, writing=percent
    )

    @property
    def picked(self) -> int | None:
        return id_in(self.product_id.data)

    def validate_unit_price(self, field: TypedNumber) -> None:
        if field.errors or self.discount.process_errors:
            return
        if (field.data is None) == (self.discount.data is None):
            raise ValidationError(gettext("Enter either a price or a discount."))

    def facts(self, product_id: int) -> EntryFacts:
        """Once valid."""
        return EntryFacts(
            product_id=product_id,
            from_quantity=self.from_quantity.data or Decimal(0),
            unit_price=self.unit_price.data,
            discount=self.discount.data,
            days=self.days,
        )


class EditEntryForm(EditForm, EntryForm):
    @classmethod
    def of(cls, entry: PriceListEntry) -> "EditEntryForm":
        """``entry`` comes with its product."""
        stored: dict[str, Any] = {
            name: getattr(entry, name)
            for name in ("revision", "from_quantity", "unit_price", "discount", "valid_from", "valid_to")
        }
        words = entry.product.name.text(current_language())
        return cls(formdata=None, data=stored | {"product": words, "product_id": str(entry.product_id)})
