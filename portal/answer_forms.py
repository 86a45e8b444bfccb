"""What a client enters to answer otherwise than by signing."""

from typing import Any
from uuid import UUID, uuid4

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext, lazy_gettext
from wtforms import Field, HiddenField, RadioField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from backoffice.answers.models import LONGEST_WORDS, Answering
from backoffice.db import Bilingual
from backoffice.forms import TypedNotes
from portal.forms import LinkForm, Printable, printable, required, trimmed, written
from portal.links import OpenLink


class AnswerForm(LinkForm):
    """Who answers, and on which version; ``posted_as`` marks this one page, so that a second click is known."""

    name = StringField(
        lazy_gettext("First and last name"),
        filters=[trimmed],
        validators=required(lazy_gettext("Enter your first and last name.")),
    )
    email = StringField(
        lazy_gettext("E-mail address"), filters=[trimmed], validators=[Optional(), Printable()]
    )
    seen_as = HiddenField()
    posted_as = HiddenField()

    def validate_email(self, field: Field) -> None:
        try:
            field.data = validate_email(
                field.data, check_deliverability=False, allow_smtputf8=False
            ).normalized
        except EmailNotValidError:
            raise ValidationError(
                gettext("This is not an e-mail address. Write it as name@example.com.")
            ) from None

    def open_on(self, digest: str) -> None:
        """A new page, about the version of that digest."""
        self.seen_as.data = digest
        self.posted_as.data = str(uuid4())

    def introduce(self, name: str, email: str) -> None:
        """Who was invited is who answers, unless they say otherwise."""
        self.name.data = self.name.data or name
        self.email.data = self.email.data or email

    def answering(self, *, language: str, address: str, user_agent: str) -> Answering:
        return Answering(
            name=self.name.data or "",
            email=self.email.data or "",
            language=language,
            link_id=self.link.id,
            address=written(address),
            user_agent=printable(user_agent)[:400],
            posted_as=mark_in(self.posted_as.data),
        )


def mark_in(text: str | None) -> UUID:
    """The mark of a page; one that was lost or forged is a page like no other."""
    try:
        return UUID(text or "")
    except ValueError:
        return uuid4()


class ChangesForm(AnswerForm):
    """The client's wish, in their own words."""

    purpose = "changes"

    text = TypedNotes(
        lazy_gettext("What should be different?"),
        most=LONGEST_WORDS,
        required=lazy_gettext("Say what you would like to change."),
    )


class RefuseForm(AnswerForm):
    """Why, from the seller's list, and in the client's own words if they like."""

    purpose = "refuse"

    reason = RadioField(lazy_gettext("Why?"), validate_choice=True)
    text = TypedNotes(lazy_gettext("Would you like to add something?"), most=LONGEST_WORDS)

    def __init__(
        self,
        link: OpenLink,
        keys: tuple[str, ...],
        reasons: list[tuple[int, Bilingual]],
        language: str,
        **rest: Any,
    ) -> None:
        super().__init__(link, keys, **rest)
        if not reasons:
            del self.reason
            return
        self.reason.choices = [SelectChoice(str(key), name.text(language)) for key, name in reasons]
        self.reason.validators = [InputRequired(gettext("Choose a reason."))]

    @property
    def reason_id(self) -> int | None:
        return int(self.reason.data) if self.reason else None


class RenewForm(LinkForm):
    """Only the token."""

    purpose = "renew"
