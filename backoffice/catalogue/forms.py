"""The form of a product, and the buttons that archive and restore one."""

from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from backoffice.catalogue.images import LARGEST
from backoffice.catalogue.models import Nature, Product, Unit
from backoffice.catalogue.products import LONGEST_SKU, ProductFacts
from backoffice.db import Bilingual
from backoffice.families.models import ProductFamily
from backoffice.files.forms import UploadForm, Uploads
from backoffice.files.pictures import TYPES
from backoffice.forms import (
    EditForm,
    PostedForm,
    TypedNumber,
    TypedParagraphs,
    TypedText,
    id_in,
    in_own_currency,
)
from backoffice.language import unit_label
from backoffice.money import Vat
from backoffice.opportunities.numbers import LONGEST_DESCRIPTION, LONGEST_NAME, price
from backoffice.opportunities.written import vat_choices, vat_code, written_price
from backoffice.pages import seller

NATURES = [
    SelectChoice(Nature.GOODS.value, _("Goods")),
    SelectChoice(Nature.SERVICE.value, _("Service")),
]


def price_or_nothing(text: str, language: str) -> Decimal | None:
    return price(text, language) if text.strip() else None


class ProductForm(PostedForm):
    sku = TypedText(_("Reference"), most=LONGEST_SKU, required=_("Give this product a reference."))
    name_fr = TypedText(_("Name in French"), most=LONGEST_NAME)
    name_en = TypedText(_("Name in English"), most=LONGEST_NAME)
    description_fr = TypedParagraphs(_("Description in French"), most=LONGEST_DESCRIPTION)
    description_en = TypedParagraphs(_("Description in English"), most=LONGEST_DESCRIPTION)
    nature = RadioField(
        _("Goods or service"),
        choices=NATURES,
        default=Nature.GOODS.value,
        validators=[InputRequired(_("Choose one."))],
    )
    unit = SelectField(
        _("Unit"),
        choices=lambda: [(unit.value, unit_label(unit.value)) for unit in Unit],
        default=Unit.PIECE.value,
    )
    unit_price = TypedNumber(
        _("Unit price excl. VAT"), reading=price, writing=written_price, validators=[in_own_currency]
    )
    cost = TypedNumber(
        _("Cost"), reading=price_or_nothing, writing=written_price, validators=[in_own_currency]
    )
    vat = SelectField(_("VAT"))
    family = SelectField(_("Family"), default="")

    @property
    def meant_in(self) -> str:
        return seller().currency

    def offer_families(self, families: Sequence[ProductFamily], language: str) -> None:
        named = [(str(each.id), each.path(language)) for each in families]
        self.family.choices = [("", gettext("No family")), *named]

    def offer(self, rates: Sequence[Vat], own: Vat | None = None) -> None:
        """The VAT rates in force, and the one that the product already has."""
        usual = vat_choices(rates)
        known = {code for code, _label in usual}
        self.vat.choices = usual + (
            vat_choices([own]) if own is not None and vat_code(own) not in known else []
        )

    def validate_name_fr(self, field: TypedText) -> None:
        if not field.data and not self.name_en.data:
            raise ValidationError(gettext("Give this product a name in at least one language."))

    def validate_unit_price(self, field: TypedNumber) -> None:
        if field.data is None and not field.errors:
            raise ValidationError(gettext("Enter the price; 0 if it costs nothing."))

    def refuse_sku(self, sentence: str) -> None:
        self.sku.errors = [sentence]

    def facts(self) -> ProductFacts:
        category, _colon, rate = self.vat.data.partition(":")
        return ProductFacts(
            sku=self.sku.data,
            name=Bilingual(self.name_fr.data or "", self.name_en.data or ""),
            description=Bilingual(self.description_fr.data or "", self.description_en.data or ""),
            nature=Nature(self.nature.data),
            unit=Unit(self.unit.data),
            unit_price=Decimal(self.unit_price.data or 0),
            cost=self.cost.data,
            vat=Vat(category, Decimal(rate)),
            family_id=id_in(self.family.data),
        )


class EditProductForm(EditForm, ProductForm):
    """Of a product that is in the catalogue, perhaps archived."""


def form_of(product: Product) -> EditProductForm:
    """Filled with what is stored."""
    return EditProductForm(
        formdata=None,
        data={
            "revision": product.revision,
            "sku": product.sku,
            "name_fr": product.name.fr,
            "name_en": product.name.en,
            "description_fr": product.description.fr,
            "description_en": product.description.en,
            "nature": product.nature.value,
            "unit": product.unit.value,
            "unit_price": product.unit_price,
            "cost": product.cost,
            "vat": vat_code(Vat(product.vat_category.value, product.vat_rate)),
            "family": str(product.family_id or ""),
        },
    )


class ImageForm(UploadForm):
    """A picture of a product."""

    image = Uploads(_("Picture"), allowed=TYPES, largest=LARGEST, required=_("Choose a picture."))


class ShelvingForm(PostedForm):
    """One button: a product is taken out of the catalogue or put back, or its picture is removed."""
