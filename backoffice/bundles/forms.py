"""The form of what a product consists of."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FieldList, Form, FormField, HiddenField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from backoffice.bundles.composing import MOST_PARTS, PartRefused, PartUsed, parts_of
from backoffice.catalogue.models import BundleAs, Product
from backoffice.errors import Refusal
from backoffice.forms import EditForm, Spoken, TypedNumber, TypedText, id_in, whole_number
from backoffice.language import quantity as written_quantity
from backoffice.opportunities.numbers import LONGEST_NAME, MOST_QUANTITY
from backoffice.typed import number

BLANK_ROWS = 3
KINDS = [
    SelectChoice("", _("No: it is sold by itself")),
    SelectChoice(BundleAs.ONE_LINE.value, _("Yes: one line at its own price, its parts named below it")),
    SelectChoice(BundleAs.EXPANDED.value, _("Yes: a line for each part, at the part’s price")),
]
whole = whole_number(most=999)


def quantity_or_nothing(text: str, language: str) -> Decimal | None:
    return number(text, places=4, most=MOST_QUANTITY, language=language) if text.strip() else None


def place_or_nothing(text: str, language: str) -> int | None:
    return whole(text, language) if text.strip() else None


class PartForm(Form):
    """A part by its reference or name; ``product``: its id when it was picked in the list while typing."""

    Meta = Spoken

    reference = TypedText(_("Reference or name"), most=LONGEST_NAME)
    product = HiddenField()
    quantity = TypedNumber(_("Quantity"), reading=quantity_or_nothing, writing=written_quantity)
    place = TypedNumber(_("Position"), reading=place_or_nothing, writing=str)

    @property
    def is_blank(self) -> bool:
        return not self.reference.data

    @property
    def picked(self) -> int | None:
        return id_in(self.product.data)

    def validate_quantity(self, field: TypedNumber) -> None:
        if field.data is not None and not field.data:
            raise ValidationError(gettext("Enter a quantity above 0, or empty the row to leave it out."))


class BundleForm(EditForm):
    """Whether a product is a bundle, and its parts; an empty row is no part."""

    kind = RadioField(_("Is this a bundle of other products?"), choices=KINDS, default="")
    parts = FieldList(FormField(PartForm), label=_("Parts"), max_entries=MOST_PARTS + BLANK_ROWS)

    @classmethod
    def of(cls, product: Product) -> "BundleForm":
        """As stored, with rows to add to."""
        rows: list[dict[str, Any]] = [
            {"reference": each.product.sku, "quantity": each.quantity, "place": place}
            for place, each in enumerate(parts_of(product), start=1)
        ]
        blank = min(BLANK_ROWS, MOST_PARTS - len(rows))
        facts = {
            "revision": product.revision,
            "kind": product.bundle_as.value if product.bundle_as else "",
            "parts": rows + [{}] * blank,
        }
        return cls(formdata=None, data=facts)

    @property
    def bundle_as(self) -> BundleAs | None:
        return BundleAs(self.kind.data) if self.kind.data else None

    @property
    def rows(self) -> list[PartForm]:
        """Those that name something, by their places; without one, last."""
        named = [entry.form for entry in self.parts if not entry.form.is_blank]
        return sorted(named, key=lambda row: (row.place.data is None, row.place.data or 0))

    def find_parts(self, found: Mapping[int, Product | None]) -> bool:
        """``found``: by the id of its row, the product that it names. Whether all are."""
        for row in self.rows:
            if found.get(id(row)) is None:
                row.reference.errors = [
                    gettext("No single product answers to this. Type its reference, as the catalogue has it.")
                ]
        return all(found.get(id(row)) is not None for row in self.rows)

    def refuse(self, refusal: Refusal, skus: Sequence[str]) -> None:
        """Beside the last row that it is about, or the kind; ``skus``: of what the rows name, in their order."""
        if isinstance(refusal, PartRefused):
            about = [row for row, sku in zip(self.rows, skus, strict=True) if sku == refusal.facts["sku"]]
            about[-1].reference.errors = [refusal.sentence()]
        elif isinstance(refusal, PartUsed):
            self.kind.errors = [refusal.sentence()]
        else:
            self.form_errors.append(refusal.sentence())
