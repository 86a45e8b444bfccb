"""The form in which a payment is recorded."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from backoffice.forms import Day, Known, PostedForm, TypedNumber, TypedText
from backoffice.invoices.queries import InvoiceSheet
from backoffice.language import written_amount
from backoffice.payments.models import Method
from backoffice.payments.recording import Receipt
from backoffice.typed import number, without_sign

MOST = Decimal(10) ** 12
METHODS = [
    SelectChoice(Method.TRANSFER, _("Bank transfer")),
    SelectChoice(Method.CARD, _("Card")),
    SelectChoice(Method.CHEQUE, _("Cheque")),
    SelectChoice(Method.CASH, _("Cash")),
    SelectChoice(Method.DIRECT_DEBIT, _("Direct debit")),
    SelectChoice(Method.OTHER, _("Other")),
]


class PaymentForm(PostedForm):
    """``known``: how many entries the page showed, so that a payment is not recorded twice."""

    known = Known(id="payment-known")
    amount = TypedNumber(
        _("Amount"),
        reading=lambda text, language: number(without_sign(text), places=2, most=MOST, language=language),
        writing=written_amount,
        validators=[InputRequired(_("Enter the amount."))],
    )
    paid_on = Day(_("Date of the payment"), validators=[InputRequired(_("Enter the day of the payment."))])
    method = SelectField(_("Method"), choices=METHODS)
    reference = TypedText(_("Reference"), most=80)

    def validate_amount(self, field: TypedNumber) -> None:
        if field.data == 0:
            raise ValidationError(gettext("Enter an amount above zero."))

    @property
    def method_names(self) -> dict[str, str]:
        """What each method is called, for the entries there are."""
        return {str(choice.value): str(choice.label) for choice in METHODS}

    def receipt(self) -> Receipt:
        """What was typed, once valid."""
        amount: Any = self.amount.data
        paid_on: Any = self.paid_on.data
        return Receipt(
            amount=amount,
            paid_on=paid_on,
            method=Method(self.method.data),
            reference=self.reference.data or "",
            known=self.known.data,
        )

    @classmethod
    def of(cls, sheet: InvoiceSheet, *, today: date) -> "PaymentForm":
        """Filled with what is open, for today."""
        owed = abs(sheet.entry.settlement.open) if sheet.entry else Decimal(0)
        return cls(formdata=None, data={"amount": owed, "paid_on": today, "method": Method.TRANSFER})
