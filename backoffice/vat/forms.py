"""The forms of the VAT rates."""

from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from backoffice.catalogue.models import VatCategory
from backoffice.db import Bilingual
from backoffice.forms import Day, EditForm, PostedForm, TypedNumber, TypedText, id_in
from backoffice.language import percent, shortdate
from backoffice.legal.models import VatRate
from backoffice.opportunities.numbers import percentage
from backoffice.vat.exemptions import CODE, LONGEST_CODE, LONGEST_REASON
from backoffice.vat.keeping import RateFacts, RateRefused

LONGEST_LABEL = 60
CATEGORIES = [
    SelectChoice(VatCategory.STANDARD.value, _("VAT is charged")),
    SelectChoice(VatCategory.EXEMPT.value, _("Exempt")),
    SelectChoice(VatCategory.REVERSE_CHARGE.value, _("Reverse charge: the client declares it")),
]
"""Those whose reason quotes and invoices know how to say."""


class RateForm(PostedForm):
    """What may change of a rate."""

    label_fr = TypedText(
        _("Name in French"), most=LONGEST_LABEL, required=_("Give this rate a name in French.")
    )
    label_en = TypedText(_("Name in English"), most=LONGEST_LABEL)
    valid_to = Day(_("In force until"))
    successor = SelectField(_("Followed by"), default="")
    exemption_fr = TypedText(_("Why no VAT is charged, in French"), most=LONGEST_REASON)
    exemption_en = TypedText(_("Why no VAT is charged, in English"), most=LONGEST_REASON)
    vatex = TypedText(_("VATEX code"), most=LONGEST_CODE)

    def offer(self, rates: Sequence[VatRate], language: str, besides: int | None = None) -> None:
        """What may follow; ``besides``: the rate itself."""
        named = [(str(each.id), named_rate(each, language)) for each in rates if each.id != besides]
        self.successor.choices = [("", gettext("Nothing")), *named]

    def validate_vatex(self, field: TypedText) -> None:
        if field.data and not CODE.fullmatch(field.data.upper()):
            raise ValidationError(gettext("Enter a code of the VATEX list, such as VATEX-EU-132."))

    def facts(self, category: VatCategory) -> RateFacts:
        charged = category is VatCategory.STANDARD
        reason = Bilingual(self.exemption_fr.data or "", self.exemption_en.data or "")
        return RateFacts(
            label=Bilingual(self.label_fr.data or "", self.label_en.data or ""),
            valid_to=self.valid_to.data,
            successor_id=id_in(self.successor.data),
            exemption=Bilingual() if charged else reason,
            vatex="" if charged else (self.vatex.data or "").upper(),
        )

    def refuse(self, refusal: RateRefused) -> None:
        """Beside the field that it is about."""
        if refusal.field in self:
            self[refusal.field].errors = [refusal.sentence()]
        else:
            self.form_errors.append(refusal.sentence())


class NewRateForm(RateForm):
    """A rate that begins."""

    category = RadioField(
        _("Kind"),
        choices=CATEGORIES,
        default=VatCategory.STANDARD.value,
        validators=[InputRequired(_("Choose one."))],
    )
    rate = TypedNumber(_("Rate (per cent)"), reading=percentage, writing=percent)
    valid_from = Day(_("In force from"), validators=[InputRequired(_("Enter the day from which it holds."))])

    def validate_rate(self, field: TypedNumber) -> None:
        charged = self.category.data == VatCategory.STANDARD
        if field.errors or (field.data is None and not charged):
            return
        if charged and not field.data:
            raise ValidationError(gettext("Enter the rate, above 0."))
        if not charged and field.data:
            raise ValidationError(gettext("Where no VAT is charged the rate is 0."))

    def new_rate(self, country: str) -> VatRate:
        """Without what may still change of it."""
        return VatRate(
            country=country,
            category=VatCategory(self.category.data),
            rate=Decimal(self.rate.data or 0),
            valid_from=self.valid_from.data,
        )


class EditRateForm(RateForm, EditForm):
    """Of a rate that is in the list."""

    @classmethod
    def of(cls, rate: VatRate) -> "EditRateForm":
        facts = {
            "revision": rate.revision,
            "label_fr": rate.label.fr,
            "label_en": rate.label.en,
            "valid_to": rate.valid_to,
            "successor": str(rate.successor_id or ""),
            "exemption_fr": rate.exemption.fr,
            "exemption_en": rate.exemption.en,
            "vatex": rate.vatex,
        }
        return cls(formdata=None, data=facts)


def named_rate(rate: VatRate, language: str) -> str:
    """``20 %, Taux normal, à partir du 01/01/2014``."""
    return gettext(
        "%(rate)s, %(name)s, from %(day)s",
        rate=percent(rate.rate),
        name=rate.label.text(language),
        day=shortdate(rate.valid_from),
    )
