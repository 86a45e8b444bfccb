"""The forms of a client."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, ValidationError

from backoffice.access import HOME, local_address
from backoffice.clients import numbers
from backoffice.clients.models import LONGEST_NOTES, LONGEST_TERM, Client, ClientKind, Standing
from backoffice.clients.opening import ClientFacts, refuse_unclear_contact
from backoffice.clients.refusals import OnlyPersonsAreConsumers
from backoffice.countries import countries
from backoffice.db import Address
from backoffice.errors import Refusal
from backoffice.forms import EditForm, PostedForm, TypedNotes, TypedNumber, TypedText, whole_number
from backoffice.language import current_language

STORED = (
    "revision",
    "name",
    "siren",
    "siret",
    "vat_number",
    "email",
    "phone",
    "language",
    "payment_days",
    "notes",
)

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


LANGUAGES = [SelectChoice("fr", _("French")), SelectChoice("en", _("English"))]


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


def country_choices() -> list[tuple[str, str]]:
    return list(countries(current_language()))


def days_or_none(text: str, language: str) -> int | None:
    """The reading of a term: nothing typed is the firm's own habit."""
    return whole_number(most=LONGEST_TERM)(text, language) if text.strip() else None


class ClientFields(PostedForm):
    """What is asked of every client, new or known."""

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
    language = SelectField(_("Language"), choices=LANGUAGES)
    street = TypedText(_("Street"), most=200)
    postcode = TypedText(_("Postcode"), most=20)
    city = TypedText(_("City"), most=100)
    country = SelectField(_("Country"), choices=country_choices, default="FR")
    delivery_street = TypedText(_("Delivery street"), most=200)
    delivery_postcode = TypedText(_("Delivery postcode"), most=20)
    delivery_city = TypedText(_("Delivery city"), most=100)
    delivery_country = SelectField(_("Delivery country"), choices=country_choices, default="FR")
    payment_days = TypedNumber(_("Days to pay"), reading=days_or_none, writing=str)
    notes = TypedNotes(_("Internal notes"), most=LONGEST_NOTES)

    def validate(self, extra_validators: Any = None) -> bool:
        if not self.standing.data and self.kind.data in ALWAYS_PROFESSIONAL:
            self.standing.data = Standing.PROFESSIONAL.value
        return super().validate(extra_validators)

    def validate_standing(self, field: RadioField) -> None:
        if field.data == Standing.CONSUMER and self.kind.data in ALWAYS_PROFESSIONAL:
            raise ValidationError(OnlyPersonsAreConsumers().sentence())

    def validate_siren(self, field: TypedText) -> None:
        _check(field, numbers.siren)

    def validate_siret(self, field: TypedText) -> None:
        _check(field, lambda text: numbers.siret(text, of=self.siren.data or ""))

    def validate_vat_number(self, field: TypedText) -> None:
        firm = self.siren.data or (self.siret.data or "")[:9]
        _check(field, lambda text: numbers.vat_number(text, of=firm, country=self.country.data or ""))

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
            delivery=self._delivery(),
            payment_days=self._payment_days(),
            notes=self.notes.data or "",
        )

    def _delivery(self) -> Address:
        """Of an address that is empty the country says nothing."""
        typed = Address(
            self.delivery_street.data or "",
            self.delivery_postcode.data or "",
            self.delivery_city.data or "",
            self.delivery_country.data,
        )
        return typed or Address()

    def _payment_days(self) -> int | None:
        days: Any = self.payment_days.data
        return days if isinstance(days, int) else None


class ClientForm(ClientFields):
    """A new client, with its first contact."""

    contact_name = TypedText(_("Contact’s name"), most=120)
    contact_function = TypedText(_("Contact’s job title"), most=120)
    contact_email = TypedEmail(_("Contact’s e-mail"))

    def validate_contact_name(self, field: TypedText) -> None:
        rest = (self.contact_function.data or "") + (self.contact_email.data or "")
        try:
            refuse_unclear_contact(self.kind.data or "", name=field.data or "", rest=rest)
        except Refusal as refusal:
            raise ValidationError(refusal.sentence()) from None

    def facts(self) -> ClientFacts:
        return replace(
            super().facts(),
            contact_name=self.contact_name.data or "",
            contact_function=self.contact_function.data or "",
            contact_email=self.contact_email.data or "",
        )


class EditClientForm(EditForm, ClientFields):
    """A known client. ``owner`` is only there for who may give it away; ``back``: where the reader came from."""

    owner = SelectField(_("Looked after by"), coerce=int)
    back = HiddenField()

    def offer_owners(self, people: list[tuple[int, str]]) -> None:
        self.owner.choices = people

    def keep_owner(self) -> None:
        """Whoever may not give the client away is not asked."""
        del self.owner

    @property
    def next_owner(self) -> int | None:
        field = self._fields.get("owner")
        return field.data if field is not None else None

    def onward(self, otherwise: str) -> str:
        """Where the reader goes on."""
        target = local_address(self.back.data or None)
        return otherwise if target == HOME else target

    @classmethod
    def of(cls, client: Client, *, back: str) -> "EditClientForm":
        stored = {name: getattr(client, name) for name in STORED}
        delivery = client.delivery.as_content() if client.delivery else Address().as_content()
        return cls(
            formdata=None,
            data={
                **stored,
                **client.billing.as_content(),
                **{f"delivery_{name}": value for name, value in delivery.items()},
                "kind": client.kind.value,
                "standing": client.standing.value,
                "owner": client.owner_id,
                "back": back,
            },
        )


class ClientActForm(EditForm):
    """One button on a client's page: archive or restore it."""


def _check(field: TypedText, reading: Callable[[str], str]) -> None:
    try:
        field.data = reading(field.data or "")
    except Refusal as refusal:
        raise ValidationError(refusal.sentence()) from None
