"""All that can be said of one line."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from backoffice.forms import PostedForm, Revision, TypedNotes, TypedNumber
from backoffice.language import quantity as written
from backoffice.ledger.forms import RowForm
from backoffice.money import Recurrence, Vat
from backoffice.opportunities.forms import row_of
from backoffice.opportunities.lines import LineEdit, Terms
from backoffice.opportunities.models import OpportunityLine
from backoffice.opportunities.numbers import MOST_QUANTITY
from backoffice.quotes.offers import Offer, OfferKind
from backoffice.typed import number

LONGEST_NOTE = 2000
FIRM, OPTION, TICKED, VARIANT, CHOSEN = "firm", "option", "ticked", "variant", "chosen"
OFFERS = [
    SelectChoice(FIRM, _("Firm: part of the quote")),
    SelectChoice(OPTION, _("Option, not ticked")),
    SelectChoice(TICKED, _("Option, ticked")),
]
VARIANTS = [
    SelectChoice(VARIANT, _("Variant")),
    SelectChoice(CHOSEN, _("Variant, chosen at first")),
]
RECURRENCES = [
    SelectChoice(Recurrence.ONCE, _("Once")),
    SelectChoice(Recurrence.MONTHLY, _("Every month")),
    SelectChoice(Recurrence.YEARLY, _("Every year")),
]


def some_quantity(text: str, language: str) -> Decimal | None:
    """Nothing typed is none."""
    return number(text, places=4, most=MOST_QUANTITY, language=language) if text.strip() else None


class DetailsForm(RowForm):
    """All that can be said of a line."""

    offered = SelectField(_("How it is offered"), choices=OFFERS)
    least = TypedNumber(_("The client may choose from"), reading=some_quantity, writing=written)
    most = TypedNumber(_("up to"), reading=some_quantity, writing=written)
    recurrence = SelectField(_("Paid"), choices=RECURRENCES)
    internal_note = TypedNotes(_("Internal note"), most=LONGEST_NOTE)
    one_of = BooleanField(_("The client chooses exactly one of the lines below"))
    hides_prices = BooleanField(_("Show what the section comes to, not the prices of its lines"))

    def offer(self, line: OpportunityLine, rates: list[Vat], *, currency: str) -> None:
        super().offer(line, rates, currency=currency)
        of_items = ("offered", "least", "most", "recurrence", "internal_note")
        for name in ("one_of", "hides_prices") if line.is_item else of_items:
            delattr(self, name)
        if self.is_note:
            del self.one_of, self.hides_prices

    def offer_as(self, offer: Offer | None) -> None:
        """A line below a section that is a choice is a variant, whatever else."""
        if offer is not None and offer.kind is OfferKind.VARIANT:
            self.offered.choices = VARIANTS

    def validate_most(self, field: TypedNumber) -> None:
        least, most = self.least.data, field.data
        if (least is None) != (most is None):
            raise ValidationError(gettext("Enter both, the least and the most, or neither."))
        if least is None or most is None:
            return
        if least <= 0:
            raise ValidationError(
                gettext("The least must be more than 0: for a line that may be left, make it an option.")
            )
        if least > most:
            raise ValidationError(gettext("The most is less than the least. Exchange them."))

    def as_details(self, key: UUID) -> LineEdit:
        """What was typed, once valid."""
        edit = self.as_edit(key)
        if self.is_section:
            return LineEdit(
                uuid=key, name=edit.name, one_of=self.one_of.data, hides_prices=self.hides_prices.data
            )
        if self.is_note:
            return edit
        offered, least, most = self.offered.data, self.least.data, self.most.data
        terms = Terms(
            is_optional=offered in {OPTION, TICKED},
            is_taken=offered in {TICKED, CHOSEN},
            quantities=None if least is None or most is None else (least, most),
            recurrence=Recurrence(self.recurrence.data),
        )
        return LineEdit(**{**vars(edit), "terms": terms, "internal_note": self.internal_note.data or ""})

    def in_words(self) -> list[tuple[str, str]]:
        """Label and value of each field that is shown, to be read beside what somebody typed."""
        return [
            (field.label.text, _in_words(field))
            for field in self
            if not isinstance(field, HiddenField | Revision)
        ]

    @property
    def chooses_variant(self) -> bool:
        return not self.is_section and not self.is_note and self.offered.data == CHOSEN

    @classmethod
    def of(cls, line: OpportunityLine, offer: Offer | None, *, language: str, currency: str) -> "DetailsForm":
        return cls(formdata=None, data=details_of(line, offer, language=language, currency=currency))


def _in_words(field: Field) -> str:
    if isinstance(field, SelectField):
        return next((str(each.label) for each in field.iter_choices() if each.selected), "")
    if isinstance(field, BooleanField):
        return gettext("yes") if field.data else gettext("no")
    return str(field._value())  # noqa: SLF001 - how WTForms calls what stands in a field


def details_of(line: OpportunityLine, offer: Offer | None, *, language: str, currency: str) -> dict[str, Any]:
    """What stands in the fields of a stored line."""
    variant = offer is not None and offer.kind is OfferKind.VARIANT
    taken = offer is not None and offer.taken
    names = (CHOSEN, VARIANT) if variant else (TICKED, OPTION) if line.is_optional else (FIRM, FIRM)
    return {
        **row_of(line, language, currency),
        "revision": line.revision,
        "language": language,
        "offered": names[0] if taken else names[1],
        "least": line.quantity_min,
        "most": line.quantity_max,
        "recurrence": line.recurrence.value,
        "internal_note": line.internal_note,
        "one_of": line.one_of,
        "hides_prices": line.hides_prices,
    }


class ArrangeLineForm(PostedForm):
    """Only the token; which act is in the address."""
