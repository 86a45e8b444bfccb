"""The form of a client."""

from collections.abc import Callable
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, ValidationError

from backoffice.clients import numbers
from backoffice.clients.models import ClientKind, Standing
from backoffice.clients.opening import ClientFacts, refuse_unclear_contact
from backoffice.countries import countries
from backoffice.db import Address
from backoffice.errors import Refusal
from backoffice.forms import PostedForm, TypedText
from backoffice.language import current_language

KINDS = [
    SelectChoice(ClientKind.COMPANY.value, _("Company")),
    SelectChoice(ClientKind.PERSON.value, _("Person")),
    SelectChoice(ClientKind.PUBLIC_BODY.value, _("Public body")),
]
ALWAYS_PROFESSIONAL = {ClientKind.COMPANY, ClientKind.PUBLIC_BODY}
"""They need not say how they buy; a person is asked, and nothing is supposed."""
STANDINGS = [
    SelectChoice(Standing.PROFESSIONAL.value, _("Professional")),
    SelectChoice(Standing.CONSUMER.value, _("Consumer")),
]


class TypedEmail(TypedText):
    """An address of a mailbox, or nothing."""

    def __init__(self, label: Any, **given: Any) -> None:
        super().__init__(label, most=254, **given)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if not self.data:
            return
        try:
            self.data = validate_email(self.data, check_deliverability=False, allow_smtputf8=False).normalized
        except EmailNotValidError:
            raise ValidationError(gettext("Enter an e-mail address, such as name@example.fr.")) from None


class ClientForm(PostedForm):
    kind = RadioField(
        _("Type"),
        choices=KINDS,
        default=ClientKind.COMPANY.value,
        validators=[InputRequired(_("Choose one."))],
    )
    standing = RadioField(
        _("Buys as"),
        choices=STANDINGS,
        validators=[DataRequired(_("Choose how this client buys."))],
    )
    name = TypedText(_("Name"), most=120, required=_("Enter the client’s name."))
    siren = TypedText(_("SIREN"), most=20)
    siret = TypedText(_("SIRET"), most=25)
    vat_number = TypedText(_("VAT number"), most=25)
    email = TypedEmail(_("E-mail"))
    phone = TypedText(_("Telephone"), most=40)
    language = SelectField(
        _("Language"), choices=[SelectChoice("fr", _("French")), SelectChoice("en", _("English"))]
    )
    street = TypedText(_("Street"), most=200)
    postcode = TypedText(_("Postcode"), most=20)
    city = TypedText(_("City"), most=100)
    country = SelectField(_("Country"), choices=lambda: list(countries(current_language())), default="FR")
    contact_name = TypedText(_("Contact’s name"), most=120)
    contact_function = TypedText(_("Contact’s job title"), most=120)
    contact_email = TypedEmail(_("Contact’s e-mail"))

    def validate(self, extra_validators: Any = None) -> bool:
        if not self.standing.data and self.kind.data in ALWAYS_PROFESSIONAL:
            self.standing.data = Standing.PROFESSIONAL.value
        return super().validate(extra_validators)

    def validate_contact_name(self, field: TypedText) -> None:
        rest = (self.contact_function.data or "") + (self.contact_email.data or "")
        try:
            refuse_unclear_contact(self.kind.data or "", name=field.data or "", rest=rest)
        except Refusal as refusal:
            raise ValidationError(refusal.sentence()) from None

    def validate_siren(self, field: TypedText) -> None:
        _check(field, numbers.siren)

    def validate_siret(self, field: TypedText) -> None:
        _check(field, lambda text: numbers.siret(text, of=self.siren.data or ""))

    def validate_vat_number(self, field: TypedText) -> None:
        _check(field, lambda text: numbers.vat_number(text, of=self.siren.data or ""))

    def facts(self) -> ClientFacts:
        return ClientFacts(
            kind=ClientKind(self.kind.data),
            standing=Standing(self.standing.data),
            name=self.name.data,
            siren=self.siren.data or (self.siret.data or "")[:9],
            siret=self.siret.data or "",
            vat_number=self.vat_number.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            language=self.language.data,
            billing=Address(
                self.street.data or "", self.postcode.data or "", self.city.data or "", self.country.data
            ),
            contact_name=self.contact_name.data or "",
            contact_function=self.contact_function.data or "",
            contact_email=self.contact_email.data or "",
        )


def _check(field: TypedText, reading: Callable[[str], str]) -> None:
    try:
        field.data = reading(field.data or "")
    except Refusal as refusal:
        raise ValidationError(refusal.sentence()) from None
