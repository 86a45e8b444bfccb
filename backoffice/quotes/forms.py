"""The forms of a quote: what the paper says besides its lines, and to whom it is sent."""

from decimal import Decimal
from typing import Any, Self

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FieldList, Form, FormField, HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from backoffice.forms import (
    Day,
    EditForm,
    PostedForm,
    Revision,
    Spoken,
    TypedNumber,
    TypedParagraphs,
    TypedText,
    in_own_currency,
    whole_number,
)
from backoffice.language import percent
from backoffice.links.models import Channel
from backoffice.money import DECIMALS, ZERO
from backoffice.opportunities.models import Opportunity
from backoffice.opportunities.numbers import discount as discount_of_whole
from backoffice.opportunities.numbers import percentage
from backoffice.opportunities.written import written_discount
from backoffice.quotes.deposit import Deposit, DepositKind
from backoffice.quotes.models import Quote
from backoffice.quotes.papers import PaperEdit, Read, Wish
from backoffice.quotes.refusals import ScheduleNotWhole
from backoffice.quotes.schedule import LONGEST_WHEN, MOST_INSTALMENTS, Instalment, refuse_unless_whole
from backoffice.quotes.sending import Recipient

DEPOSITS = [
    SelectChoice("", _("Choose…")),
    SelectChoice(DepositKind.ACOMPTE, _("Deposit (acompte)")),
    SelectChoice(DepositKind.ARRHES, _("Earnest money (arrhes)")),
]
BLANK_ROWS = 3
LANGUAGES = [SelectChoice("fr", _("French")), SelectChoice("en", _("English"))]


def percentage_or_none(text: str, language: str) -> Decimal:
    """Nothing typed is none."""
    return percentage(text, language) if text.strip() else ZERO


class InstalmentForm(Form):
    """A share of the total and when it is due."""

    Meta = Spoken

    percent = TypedNumber(_("Share"), reading=percentage_or_none, writing=percent)
    when = TypedText(_("When it is due"), most=LONGEST_WHEN)

    @property
    def is_blank(self) -> bool:
        return not (self.percent.data or self.when.data)

    def validate_percent(self, field: TypedNumber) -> None:
        if self.when.data and not field.data and not field.errors:
            raise ValidationError(gettext("Enter the per cent that is due then, such as 40."))

    def validate_when(self, field: TypedText) -> None:
        if self.percent.data and not field.data:
            raise ValidationError(gettext("Say when it is due, such as “when the work begins”."))


class PaperForm(EditForm):
    """Title, introduction and when instalments are due are written in ``shown_in``.

    That is the language that the quote had when the form was opened.
    """

    revision = Revision(id="paper-revision")
    shown_in = HiddenField()
    title = TypedText(_("Title of the quote"), most=160, required=_("Give the quote a title."))
    introduction = TypedParagraphs(_("Introduction"), most=2000)
    valid_until = Day(_("Valid until"), validators=[InputRequired(_("Enter the last day of validity."))])
    payment_days = TypedNumber(
        _("Days to pay"),
        reading=whole_number(most=365),
        writing=str,
        validators=[InputRequired(_("Enter the number of days to pay, such as 30."))],
    )
    discount = TypedNumber(
        _("Discount on the whole"),
        reading=discount_of_whole,
        writing=lambda given: written_discount(*given) or percent(ZERO),
        validators=[InputRequired(_("Enter the discount in per cent, or 0 for none.")), in_own_currency],
    )
    deposit_percent = TypedNumber(_("Deposit on order"), reading=percentage_or_none, writing=percent)
    deposit_kind = SelectField(_("Kind of deposit"), choices=DEPOSITS)
    instalments = FieldList(FormField(InstalmentForm), label=_("Instalments"), max_entries=MOST_INSTALMENTS)
    language = SelectField(_("Language of the quote"), choices=LANGUAGES)
    currency = SelectField(_("Currency"), choices=[SelectChoice(code, code) for code in sorted(DECIMALS)])

    @property
    def meant_in(self) -> str:
        return str(self.currency.data)

    def validate_deposit_kind(self, field: SelectField) -> None:
        """The law has a default, and it is the less expected one: whoever asks for a deposit says which."""
        if self.deposit_percent.data and not field.data:
            raise ValidationError(
                gettext("Say which kind of deposit it is: the law treats them differently.")
            )

    def validate_instalments(self, field: FieldList) -> None:
        if field.errors or self.deposit_percent.errors:
            return
        try:
            refuse_unless_whole(
                self.deposit_percent.data or ZERO, (each.percent for each in self.typed_instalments)
            )
        except ScheduleNotWhole as refusal:
            raise ValidationError(refusal.sentence()) from None

    @property
    def typed_instalments(self) -> list[Instalment]:
        """An empty row is no instalment."""
        return [
            Instalment(entry.form.percent.data, entry.form.when.data, row)
            for row, entry in enumerate(self.instalments)
            if not entry.form.is_blank
        ]

    @property
    def deposit(self) -> Deposit | None:
        """What was typed, once valid; no per cent, no deposit."""
        share: Any = self.deposit_percent.data
        return Deposit(DepositKind(self.deposit_kind.data), share) if share else None

    def as_edit(self) -> PaperEdit:
        """What was typed, once valid."""
        valid_until: Any = self.valid_until.data
        payment_days: Any = self.payment_days.data
        discount: Any = self.discount.data
        return PaperEdit(
            shown_in="en" if self.shown_in.data == "en" else "fr",
            title=self.title.data,
            introduction=self.introduction.data or "",
            valid_until=valid_until,
            payment_days=payment_days,
            discount=discount,
            deposit=self.deposit,
            instalments=self.typed_instalments,
            language=self.language.data,
            currency=self.currency.data,
        )

    @classmethod
    def of(cls, quote: Quote) -> "PaperForm":
        names = ("revision", "valid_until", "payment_days", "deposit_percent", "language", "currency")
        words = {
            "discount": (quote.reduction, quote.currency),
            "deposit_kind": quote.deposit_kind or "",
            "shown_in": quote.language,
            "title": quote.title.text(quote.language),
            "introduction": quote.introduction.text(quote.language),
            "instalments": cls._rows_of(quote),
        }
        return cls(formdata=None, data={name: getattr(quote, name) for name in names} | words)

    @staticmethod
    def _rows_of(quote: Quote) -> list[dict[str, Any]]:
        """As stored, with rows to add to."""
        rows: list[dict[str, Any]] = [
            {"percent": each.percent, "when": each.when.text(quote.language)} for each in quote.instalments
        ]
        return rows + [{}] * min(BLANK_ROWS, MOST_INSTALMENTS - len(rows))


class MakeForm(PostedForm):
    """Only the token."""


class SendForm(PostedForm):
    """Recipient, the revisions of quote and lines that were read before sending, and the version that sending makes."""

    revision = Revision()
    deal_revision = Revision()
    version = Revision()
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
    def read(self) -> Read:
        return Read(self.revision.data, self.deal_revision.data, self.version.data)

    @property
    def wish(self) -> Wish:
        return Wish(
            version=self.version.data,
            name=self.name.data,
            email=self.email.data or "",
            channel=self.channel,
        )

    def reopen(self, quote: Quote, deal: Opportunity) -> None:
        """The reader is shown the paper as it is now, and may send that."""
        self.revision.reset(quote.revision)
        self.deal_revision.reset(deal.revision)
        self.version.reset(quote.next_number)

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

    @staticmethod
    def of_deal(deal: Opportunity) -> dict[str, str]:
        """Whom the form offers: the deal's contact, else the client."""
        contact = deal.contact
        return {
            "name": contact.name if contact else deal.client.name,
            "email": (contact.email if contact else "") or deal.client.email,
        }

    @classmethod
    def of(cls, quote: Quote, deal: Opportunity) -> Self:
        opened = {
            "revision": quote.revision,
            "deal_revision": deal.revision,
            "version": quote.next_number,
            "language": quote.language,
        }
        return cls(formdata=None, data=opened | cls.of_deal(deal))

    def refuse(self, sentence: str) -> None:
        """Say above the form why nothing was sent; all that was typed stays."""
        self.form_errors.append(sentence)
