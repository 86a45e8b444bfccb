"""What a client enters, checked; each form gives back one value of the business."""

import unicodedata
from ipaddress import ip_address
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, Signer
from wtforms import BooleanField, Field, HiddenField, RadioField, StringField, ValidationError
from wtforms.csrf.core import CSRF
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, StopValidation

from backoffice.errors import Refusal
from backoffice.forms import PostedTexts
from backoffice.signatures.ceremony import Ceremony
from backoffice.signatures.models import Signing, Way
from backoffice.signatures.strokes import Drawing, drawing_of, shown_drawing
from backoffice.typed import UndrawableCharacter, check_characters, composed
from portal.links import OpenLink

NAME_LENGTH = 120
FORBIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class LinkCSRF(CSRF):
    """A token bound to the link and to the form's purpose: needs neither cookie nor session."""

    def setup_form(self, form: Any) -> Any:
        self.keys = form.meta.csrf_keys
        self.subject = form.meta.csrf_subject
        return super().setup_form(form)

    def generate_csrf_token(self, _field: Any) -> str:
        return self._signer().sign(self.subject).decode()

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        try:
            bound_to = self._signer().unsign((field.data or "").encode()).decode()
        except (BadSignature, UnicodeError):
            bound_to = ""
        if bound_to != self.subject:
            raise ValidationError(
                gettext(
                    "This page was open for too long or comes from elsewhere. Check it and press the button again."
                )
            )

    def _signer(self) -> Signer:
        return Signer(list(reversed(self.keys)), salt="accord.portal-form")


class LinkForm(FlaskForm):
    """A form of the portal. ``purpose`` keeps a token of one form from another."""

    purpose = ""

    class Meta(PostedTexts):
        csrf_class = LinkCSRF
        csrf_field_name = "token"

    def __init__(self, link: OpenLink, keys: tuple[str, ...], **rest: Any) -> None:
        super().__init__(meta={"csrf_keys": keys, "csrf_subject": f"{self.purpose}:{link.id}"}, **rest)
        self.link = link


def trimmed(text: str | None) -> str:
    """As typed, less the blanks around it, in NFC."""
    return composed(text or "")


class Printable:
    """Refuses what page and signed document would not show alike: on one line, no character unseen or undrawable."""

    def __call__(self, _form: Any, field: Field) -> None:
        text = field.data or ""
        try:
            check_characters(text)
        except UndrawableCharacter as refusal:
            raise StopValidation(refusal.sentence()) from None
        except Refusal:
            raise StopValidation(unseen()) from None
        if printable(text) != text:
            raise StopValidation(unseen())


def unseen() -> str:
    return gettext("This contains characters that cannot be shown. Type it again without them.")


SHORT = Length(max=NAME_LENGTH, message=lazy_gettext("Shorten this to %(max)d characters at most."))


def required(sentence: Any) -> list[Any]:
    """In the order in which one would say it: missing, too long, unprintable."""
    return [DataRequired(sentence), SHORT, Printable()]


class SignForm(LinkForm):
    """Identity, consent and the mention that the signer types themselves."""

    purpose = "sign"

    name = StringField(
        lazy_gettext("First and last name"),
        filters=[trimmed],
        validators=required(lazy_gettext("Enter your first and last name.")),
    )
    email = StringField(
        lazy_gettext("E-mail address"),
        filters=[trimmed],
        validators=[DataRequired(lazy_gettext("Enter your e-mail address.")), Printable()],
    )
    function = StringField(lazy_gettext("Your job title"), filters=[trimmed])
    authority = BooleanField(lazy_gettext("Authority to sign"))
    mention = StringField(lazy_gettext("Words to type"), filters=[trimmed], validators=[SHORT, Printable()])
    way = RadioField(
        lazy_gettext("Way of signing"),
        choices=[
            SelectChoice(Way.TYPED.value, lazy_gettext("Type my name")),
            SelectChoice(Way.DRAWN.value, lazy_gettext("Draw")),
        ],
        default=Way.TYPED.value,
        validate_choice=False,
    )
    strokes = HiddenField()
    consent = BooleanField(lazy_gettext("Agreement"))
    seen_as = HiddenField()
    words = HiddenField()

    def __init__(self, link: OpenLink, keys: tuple[str, ...], ceremony: Ceremony, **rest: Any) -> None:
        super().__init__(link, keys, **rest)
        self.ceremony = ceremony
        self.drawing: Drawing | None = None
        if not ceremony.wants_authority:
            del self.function, self.authority

    def validate_email(self, field: Field) -> None:
        try:
            field.data = validate_email(
                field.data, check_deliverability=False, allow_smtputf8=False
            ).normalized
        except EmailNotValidError:
            raise ValidationError(
                gettext("This is not an e-mail address. Write it as name@example.com.")
            ) from None

    def validate_function(self, field: Field) -> None:
        self._checked(field, gettext("Enter your job title."))

    def validate_authority(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(gettext("Tick this box to confirm that you may sign for the company."))

    def validate_mention(self, field: Field) -> None:
        wanted = self.ceremony["mention"]
        if not field.data:
            raise ValidationError(gettext("Type “%(mention)s” yourself.", mention=wanted))
        if plain(field.data) != plain(wanted):
            raise ValidationError(gettext("Type exactly “%(mention)s”.", mention=wanted))

    def validate_way(self, field: Field) -> None:
        """What is wrong with a drawing is told here, where the other way is to be chosen."""
        if field.data not in set(Way):
            raise ValidationError(gettext("Choose how you want to sign."))
        if self.is_drawn:
            try:
                self.drawing = drawing_of(self.strokes.data or "")
            except Refusal as refusal:
                raise ValidationError(refusal.sentence()) from None

    def validate_consent(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(gettext("Tick this box to agree to the quote."))

    @property
    def is_drawn(self) -> bool:
        return bool(self.way.data == Way.DRAWN)

    @property
    def shown_drawing(self) -> Drawing:
        """What was drawn so far, for a page that comes back."""
        return shown_drawing(self.strokes.data)

    def _checked(self, field: Field, missing: str) -> None:
        for validator in required(missing):
            validator(self, field)

    def signing(self, *, language: str, address: str, user_agent: str) -> Signing:
        """What was entered, with where it came from; the digest that was seen is ``seen_as``."""
        professional = self.ceremony.wants_authority
        return Signing(
            name=self.name.data or "",
            email=self.email.data or "",
            function=self.function.data if professional else "",
            company=self.ceremony.company,
            mention=self.mention.data or "",
            written_name=self.name.data or "",
            way=Way(self.way.data),
            strokes=self.drawing.kept if self.drawing is not None else None,
            language=language,
            agreed=self.ceremony.agreed,
            link_id=self.link.id,
            channel=self.link.channel,
            address=written(address),
            user_agent=printable(user_agent)[:400],
        )


def written(address: str) -> str:
    """An IP address as it is written; empty for what is none, which a proxy may pass on."""
    try:
        return str(ip_address(address))
    except ValueError:
        return ""


def plain(text: str) -> str:
    """A mention compared without regard to case, blanks, quotes and final dots."""
    return " ".join(text.casefold().replace("\u00a0", " ").replace("\u202f", " ").strip(" .«»“”\"'").split())


def printable(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) not in FORBIDDEN_CATEGORIES)
