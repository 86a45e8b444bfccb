"""The form of a discount."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from backoffice.db import Bilingual
from backoffice.discounts.listing import DiscountFacts
from backoffice.forms import EditForm, TypedNumber, TypedText, id_in
from backoffice.language import current_language, percent
from backoffice.opportunities.numbers import LONGEST_NAME as LONGEST_PRODUCT
from backoffice.pricing.cascade import LEVELS
from backoffice.pricing.forms import Choice, InForce, percentage_or_nothing
from backoffice.pricing.models import LONGEST_NAME, ClientGroup, DiscountLevel

LONGEST_CLIENT = 120


class DiscountForm(InForce):
    """``client_id`` and ``product_id`` are what was picked from the list below the field, if anything."""

    level = SelectField(_("Level"), coerce=int, choices=[SelectChoice(level, str(level)) for level in LEVELS])
    name_fr = TypedText(_("Name in French"), most=LONGEST_NAME, required=_("Enter the name in French."))
    name_en = TypedText(_("Name in English"), most=LONGEST_NAME)
    percent = TypedNumber(_("Discount"), reading=percentage_or_nothing, writing=percent)
    group = Choice(_("For the group"))
    client = TypedText(_("For one client"), most=LONGEST_CLIENT)
    client_id = HiddenField()
    product = TypedText(_("On one product"), most=LONGEST_PRODUCT)
    product_id = HiddenField()

    def offer(self, groups: Sequence[ClientGroup]) -> None:
        self.group.offer(gettext("Everybody"), [(each.id, each.name) for each in groups])

    @property
    def picked_client(self) -> int | None:
        return id_in(self.client_id.data)

    @property
    def picked_product(self) -> int | None:
        return id_in(self.product_id.data)

    def validate_percent(self, field: TypedNumber) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(gettext("Enter the discount in per cent."))

    def validate_client(self, field: TypedText) -> None:
        if field.data and self.group.chosen:
            raise ValidationError(gettext("Choose a group or a client, not both."))

    def facts(self, client_id: int | None, product_id: int | None) -> DiscountFacts:
        """Once valid."""
        rate: Any = self.percent.data
        return DiscountFacts(
            level=self.level.data,
            name=Bilingual(self.name_fr.data, self.name_en.data or ""),
            percent=rate,
            client_id=client_id,
            group_id=self.group.chosen,
            product_id=product_id,
            days=self.days,
        )


class EditDiscountForm(EditForm, DiscountForm):
    @classmethod
    def of(cls, discount: DiscountLevel) -> "EditDiscountForm":
        """``discount`` comes with client and product."""
        stored: dict[str, Any] = {
            name: getattr(discount, name)
            for name in ("revision", "level", "percent", "client_id", "product_id", "valid_from", "valid_to")
        }
        product = discount.product.name.text(current_language()) if discount.product else ""
        return cls(
            formdata=None,
            data=stored
            | {
                "name_fr": discount.name.fr,
                "name_en": discount.name.en,
                "group": discount.group_id,
                "client": discount.client.name if discount.client else "",
                "product": product,
            },
        )
