"""The forms of a quote: what the paper says besides its lines, and to whom it is sent."""

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from backoffice.forms import Day, PostedForm, TypedNumber, TypedParagraphs, TypedText, whole_number
from backoffice.language import percent
from backoffice.links.models import Channel
from backoffice.opportunities.forms import Revision
from backoffice.opportunities.models import Opportunity
from backoffice.opportunities.numbers import percentage
from backoffice.quotes.models import Quote
from backoffice.quotes.papers import PaperEdit
from backoffice.quotes.sending import Recipient

LANGUAGES = [SelectChoice("fr", _("French")), SelectChoice("en", _("English"))]


class PaperForm(PostedForm):
    """Title and introduction are written in ``shown_in``, the language that the quote had when the form was opened."""

    revision = Revision(id="paper-revision")
    shown_in = SelectField(choices=LANGUAGES)
    title = TypedText(_("Title of the quote"), most=160)
    introduction = TypedParagraphs(_("Introduction"), most=2000)
    valid_until = Day(_("Valid until"), validators=[InputRequired(_("Enter the last day of validity."))])
    payment_days = TypedNumber(_("Days to pay"), reading=whole_number(most=365), writing=str)
    discount = TypedNumber(_("Discount on the whole"), reading=percentage, writing=percent)
    language = SelectField(_("Language of the quote"), choices=LANGUAGES)

    def as_edit(self) -> PaperEdit:
        """What was typed, once valid."""
        valid_until: Any = self.valid_until.data
        payment_days: Any = self.payment_days.data
        discount: Any = self.discount.data
        return PaperEdit(
            shown_in=self.shown_in.data,
            title=self.title.data or "",
            introduction=self.introduction.data or "",
            valid_until=valid_until,
            payment_days=payment_days,
            discount=discount,
            language=self.language.data,
        )

    def reopen(self, revision: int) -> None:
        """Let what was typed be saved over a revision that the reader has now been shown."""
        self.revision.data, self.revision.raw_data = revision, None

    @classmethod
    def of(cls, quote: Quote) -> "PaperForm":
        names = ("revision", "valid_until", "payment_days", "discount", "language")
        words = {
            "shown_in": quote.language,
            "title": quote.title.text(quote.language),
            "introduction": quote.introduction.text(quote.language),
        }
        return cls(formdata=None, data={name: getattr(quote, name) for name in names} | words)


class MakeForm(PostedForm):
    """Only the token."""


class SendForm(PostedForm):
    """Recipient, and the revisions of quote and lines that were read before sending."""

    revision = Revision()
    deal_revision = Revision()
    name = TypedText(_("Recipient"), most=120, required=_("Enter the recipient’s name."))
    email = TypedText(_("E-mail"), most=254)
    language = SelectField(_("Language of the link"), choices=LANGUAGES)

    def validate_email(self, field: TypedText) -> None:
        if not field.data:
            return
        try:
            field.data = validate_email(
                field.data, check_deliverability=False, allow_smtputf8=False
            ).normalized
        except EmailNotValidError:
            raise ValidationError(gettext("Enter an e-mail address, such as name@example.fr.")) from None

    @property
    def channel(self) -> Channel:
        return Channel.COPIED if request.form.get("act") == "link" else Channel.MAIL

    @property
    def revisions(self) -> tuple[int, int]:
        return self.revision.data, self.deal_revision.data

    def reopen(self, revision: int, deal_revision: int) -> None:
        """The reader is shown the paper as it is now, and may send that."""
        self.revision.data, self.revision.raw_data = revision, None
        self.deal_revision.data, self.deal_revision.raw_data = deal_revision, None

    def recipient(self, deal: Opportunity) -> Recipient:
        """The deal's contact, unless somebody else was typed."""
        contact = deal.contact
        known = contact is not None and contact.name == self.name.data
        return Recipient(
            contact_id=contact.id if contact is not None and known else None,
            name=self.name.data,
            email=self.email.data or "",
            language=self.language.data,
        )

    @classmethod
    def of(cls, quote: Quote, deal: Opportunity) -> "SendForm":
        contact = deal.contact
        return cls(
            formdata=None,
            data={
                "revision": quote.revision,
                "deal_revision": deal.revision,
                "name": contact.name if contact else deal.client.name,
                "email": (contact.email if contact else "") or deal.client.email,
                "language": quote.language,
            },
        )

    def refuse(self, sentence: str) -> None:
        """Say above the form why nothing was sent; all that was typed stays."""
        self.form_errors.append(sentence)
