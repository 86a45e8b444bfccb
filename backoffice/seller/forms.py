"""What the firm says of itself: one form per subject, the same in the first run and under Settings."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar, Self

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from stdnum import bic, iban
from stdnum.exceptions import ValidationError as NumberError
from wtforms import BooleanField, FileField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import ColorInput

from backoffice.clients import numbers
from backoffice.clients.forms import TypedEmail
from backoffice.countries import countries
from backoffice.db import Bilingual
from backoffice.errors import Refusal
from backoffice.forms import EditForm, TypedNumber, TypedParagraphs, TypedText, whole_number
from backoffice.language import current_language, percent, quantity
from backoffice.money import DECIMALS
from backoffice.opportunities.numbers import percentage
from backoffice.seller import colours
from backoffice.seller.logos import checked_logo
from backoffice.seller.models import Seller, Step, VatRegime
from backoffice.seller.zones import time_zones
from backoffice.typed import number

HIGHEST_CAPITAL = Decimal(10**12)
MOST_DAYS = 365
LEGAL_DAYS = 60
"""The longest that professionals may agree on: Code de commerce, L. 441-10, I."""
LANGUAGES = [SelectChoice("fr", _("French")), SelectChoice("en", _("English"))]
REGIMES = [
    SelectChoice(VatRegime.STANDARD.value, _("We charge VAT")),
    SelectChoice(VatRegime.FRANCHISE.value, _("We do not charge VAT (small business, art. 293 B CGI)")),
]


class SellerForm(EditForm):
    """One subject. Its fields are named like the attributes of Seller; ``revision`` is 0 while there is no seller."""

    step: ClassVar[Step]

    @classmethod
    def of(cls, seller: Seller | None) -> Self:
        """As stored; empty without a seller."""
        if seller is None:
            return cls(formdata=None, data={"revision": 0})
        form = cls(formdata=None, data={"revision": seller.revision})
        form.know(seller)
        form.read(seller)
        return form

    def read(self, seller: Seller) -> None:
        """Put what is stored into the fields."""
        for field in self.own_fields():
            field.data = stored(seller, field.name)

    def know(self, seller: Seller | None) -> None:
        """Keep what the checks need of the seller."""

    def differing(self, seller: Seller) -> list[tuple[str, str]]:
        """What is stored where something else was typed: labels and words."""
        return [
            (str(field.label.text), words)
            for field in self.own_fields()
            if (words := self.shown(field, stored(seller, field.name))) != self.shown(field, field.data)
        ]

    def shown(self, field: Any, value: Any) -> str:
        if isinstance(field, BooleanField):
            return gettext("Yes") if value else gettext("No")
        if isinstance(field, SelectField):
            return next((str(words) for key, words, *_rest in field.iter_choices() if key == value), "")
        return "" if value is None else str(value)

    def facts(self) -> dict[str, Any]:
        """What was typed, as ``setting_up.change_seller`` wants it."""
        return {
            field.name: "" if field.data is None and isinstance(field, TypedText) else field.data
            for field in self.own_fields()
        }

    def own_fields(self) -> list[Any]:
        return [field for field in self if field.name not in {"revision", "csrf_token"}]

    def refuse(self, refusal: Refusal) -> None:
        """Say what the rule said, at the field that it speaks of."""
        self.form_errors.append(refusal.sentence())


def stored(seller: Seller, name: str) -> Any:
    """One value of the row as a form holds it: parts of the address and of bilingual texts by their own names."""
    if name in {"street", "postcode", "city", "country"}:
        return getattr(seller.address, name)
    if name.endswith(("_fr", "_en")):
        return getattr(getattr(seller, name[:-3]), name[-2:])
    value = getattr(seller, name)
    return value.value if isinstance(value, VatRegime) else value


def check_number(field: Any, reading: Callable[[str], str]) -> None:
    try:
        field.data = reading(field.data or "")
    except Refusal as refusal:
        raise ValidationError(refusal.sentence()) from None


def amount(text: str, language: str) -> Decimal | None:
    if not text.strip():
        return None
    return number(text, places=2, most=HIGHEST_CAPITAL, language=language)


class IdentityForm(SellerForm):
    step = Step.IDENTITY

    name = TypedText(
        _("Registered name"), most=120, required=_("Enter the name that your firm is registered by.")
    )
    trading_name = TypedText(_("Trading name"), most=120)
    legal_form = TypedText(_("Legal form"), most=80)
    capital = TypedNumber(_("Share capital, in euros"), reading=amount, writing=quantity)
    siren = TypedText(_("SIREN"), most=20, required=_("Enter your SIREN: every quote and invoice bears it."))
    rcs = TypedText(_("Register"), most=80)
    vat_number = TypedText(_("VAT number"), most=25)
    street = TypedText(_("Street"), most=200, required=_("Enter the street, or the name of the place."))
    postcode = TypedText(_("Postcode"), most=20, required=_("Enter the postcode."))
    city = TypedText(_("City"), most=100, required=_("Enter the city."))
    country = SelectField(_("Country"), choices=lambda: list(countries(current_language())), default="FR")
    phone = TypedText(_("Telephone"), most=40)
    email = TypedEmail(_("E-mail"))
    website = TypedText(_("Website"), most=200)
    tagline_fr = TypedText(_("What you do, in French"), most=120)
    tagline_en = TypedText(_("What you do, in English"), most=120)

    def validate_siren(self, field: TypedText) -> None:
        check_number(field, numbers.siren)

    def validate_vat_number(self, field: TypedText) -> None:
        check_number(field, lambda text: numbers.vat_number(text, of=self.siren.data or ""))

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        facts["tagline"] = Bilingual(facts.pop("tagline_fr") or "", facts.pop("tagline_en") or "")
        return facts


class VatForm(SellerForm):
    """VAT and bank details. ``siren`` is what the VAT number is held against."""

    step = Step.VAT
    siren = ""
    derived = ""

    vat_regime = RadioField(
        _("VAT"),
        choices=REGIMES,
        default=VatRegime.STANDARD.value,
        validators=[InputRequired(_("Choose one."))],
    )
    vat_number = TypedText(_("VAT number"), most=25)
    vat_on_debits = BooleanField(
        _("VAT is due when the invoice is issued, services included (option for debits)")
    )
    iban = TypedText(_("IBAN"), most=60)
    bic = TypedText(_("BIC"), most=20)

    def know(self, seller: Seller | None) -> None:
        self.siren = seller.siren if seller else ""

    def read(self, seller: Seller) -> None:
        """With the number that follows from the SIREN, to be confirmed, where none is known and one is needed."""
        super().read(seller)
        needed = seller.vat_regime is VatRegime.STANDARD and seller.address.country == "FR"
        if needed and not seller.vat_number:
            self.vat_number.data = self.derived = numbers.vat_number_of(seller.siren)

    def validate_vat_number(self, field: TypedText) -> None:
        check_number(field, lambda text: numbers.vat_number(text, of=self.siren))

    def validate_iban(self, field: TypedText) -> None:
        try:
            field.data = iban.validate(field.data) if field.data else ""
        except NumberError:
            raise ValidationError(
                gettext(
                    "This is not an IBAN: copy it as your bank writes it, such as FR76 3000 6000 0112 3456 7890 189."
                )
            ) from None

    def validate_bic(self, field: TypedText) -> None:
        try:
            field.data = bic.validate(field.data) if field.data else ""
        except NumberError:
            raise ValidationError(
                gettext("This is not a BIC: it has 8 or 11 letters and digits, such as AGRIFRPP.")
            ) from None

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        regime = VatRegime(facts["vat_regime"])
        debits = facts["vat_on_debits"] and regime is VatRegime.STANDARD
        return facts | {"vat_regime": regime, "vat_on_debits": debits}


class TermsForm(SellerForm):
    """Habits of new papers."""

    step = Step.TERMS

    quote_days = TypedNumber(
        _("Days that a quote is valid"),
        reading=whole_number(most=MOST_DAYS),
        writing=str,
        validators=[InputRequired(_("Enter the number of days, such as 30."))],
    )
    payment_days = TypedNumber(
        _("Days to pay an invoice"),
        reading=whole_number(most=LEGAL_DAYS),
        writing=str,
        validators=[InputRequired(_("Enter the number of days, such as 30."))],
    )
    margin_floor = TypedNumber(
        _("Lowest margin"),
        reading=lambda text, language: percentage(text, language) if text.strip() else None,
        writing=percent,
    )
    currency = SelectField(_("Currency"), choices=sorted(DECIMALS))
    timezone = SelectField(_("Time zone"), choices=time_zones)
    language = SelectField(_("Usual language of your clients"), choices=LANGUAGES)

    def validate_quote_days(self, field: TypedNumber) -> None:
        if field.data == 0:
            raise ValidationError(gettext("Enter at least 1."))


class MentionsForm(SellerForm):
    """Texts that the law wants of some trades."""

    step = Step.MENTIONS

    insurance_fr = TypedParagraphs(_("Insurance, in French"), most=600)
    insurance_en = TypedParagraphs(_("Insurance, in English"), most=600)
    mediator_fr = TypedParagraphs(_("Consumer mediator, in French"), most=400)
    mediator_en = TypedParagraphs(_("Consumer mediator, in English"), most=400)

    def facts(self) -> dict[str, Any]:
        typed = {name: text or "" for name, text in super().facts().items()}
        return {
            name: Bilingual(typed[f"{name}_fr"], typed[f"{name}_en"]) for name in ("insurance", "mediator")
        }


class LookForm(SellerForm):
    """Colour and logo. The picture comes as a file; without one the logo stays as it is."""

    step = Step.LOOK

    colour = StringField(_("Colour"), widget=ColorInput())
    logo = FileField(_("Logo"))
    remove_logo = BooleanField(_("Remove the logo"))
    picture: tuple[bytes, str] | None = None

    def read(self, seller: Seller) -> None:
        self.colour.data = seller.colour

    def validate_colour(self, field: StringField) -> None:
        try:
            field.data = colours.normal(field.data or "")
        except colours.NotAColour:
            raise ValidationError(gettext("Enter a colour, such as #18694c.")) from None

    def validate_logo(self, _field: FileField) -> None:
        sent = request.files.get("logo")
        data = sent.read() if sent else b""
        if not data:
            return
        try:
            self.picture = checked_logo(data)
        except Refusal as refusal:
            raise ValidationError(refusal.sentence()) from None

    def differing(self, seller: Seller) -> list[tuple[str, str]]:
        return [(gettext("Colour"), seller.colour)] if seller.colour != self.colour.data else []

    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {"colour": self.colour.data}
        if self.picture is not None:
            facts["logo"], facts["logo_type"] = self.picture
        elif self.remove_logo.data:
            facts |= {"logo": None, "logo_type": ""}
        return facts
