"""Whom a quote is held out to and where, and the password that ends it."""

from collections.abc import Sequence

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import PasswordField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from backoffice.clients.models import Contact
from backoffice.forms import PostedForm, TypedText
from backoffice.links.models import Channel, Venue, Whereabouts
from backoffice.links.words import venue_told
from backoffice.opportunities.models import Opportunity
from backoffice.quotes.forms import SendForm
from backoffice.quotes.papers import Wish
from backoffice.quotes.sending import Recipient


class PresentForm(SendForm):
    """As for sending, with where it happens; the venue is always chosen, never guessed: the law hangs on it."""

    venue = RadioField(_("Where are you?"), validate_choice=False)
    place = TypedText(_("Place"), most=120)

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, **more)
        self.venue.choices = [SelectChoice(each.value, capitalised(venue_told(each))) for each in Venue]

    def validate_venue(self, field: RadioField) -> None:
        if field.data not in {each.value for each in Venue}:
            raise ValidationError(gettext("Choose where you and the client are."))

    def validate_place(self, field: TypedText) -> None:
        if self.venue.data == Venue.ELSEWHERE and not field.data:
            raise ValidationError(gettext("Enter the place."))

    @property
    def anew(self) -> bool:
        """Whether the working paper is to be frozen and shown; otherwise the version that the client has."""
        return request.form.get("act") == "anew"

    @property
    def channel(self) -> Channel:
        return Channel.IN_PERSON

    @property
    def where(self) -> Whereabouts:
        return Whereabouts(Venue(self.venue.data), self.place.data or "")

    @property
    def wish(self) -> Wish:
        return Wish(
            version=self.version.data,
            name=self.name.data,
            email=self.email.data or "",
            channel=self.channel,
        )

    def recipient_among(self, contacts: Sequence[Contact], deal: Opportunity) -> Recipient:
        """The contact of that name, with their own address unless another was typed than the one offered."""
        known = next((each for each in contacts if each.name == self.name.data), None)
        offered = SendForm.of_deal(deal)["email"]
        typed = self.email.data or ""
        email = known.email if known is not None and known.email and typed in {"", offered} else typed
        return Recipient(
            contact_id=known.id if known is not None else None,
            name=self.name.data,
            email=email,
            language=self.language.data,
        )


class TakeBackForm(PostedForm):
    password = PasswordField(_("Password"), [InputRequired(_("Enter your password."))])


def capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]
