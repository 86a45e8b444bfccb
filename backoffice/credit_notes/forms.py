"""The form in which an invoice is credited."""

from decimal import Decimal

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField

from backoffice.credit_notes.issuing import Wish
from backoffice.forms import Known, PostedForm, TypedText
from backoffice.invoices.forms import quantities_in
from backoffice.language import money
from backoffice.quotes.choice import hundredths


class CreditForm(PostedForm):
    """With a quantity per line. ``known``: how many credit notes the page showed; ``expected``: the amount it told."""

    known = Known()
    expected = HiddenField()
    reason = TypedText(
        _("Reason"), most=300, required=_("Say why, in a few words: the client reads it on the credit note.")
    )

    def wish(self, expected: Decimal) -> Wish:
        """What was typed, once valid."""
        return Wish(
            quantities=quantities_in(self),
            reason=self.reason.data,
            known=self.known.data,
            expected=expected,
        )

    def agrees_to(self, gross: Decimal, currency: str) -> bool:
        """Once validated: whether all is right and the page told that amount; what is to be checked is told."""
        if self.errors:
            return False
        if self.expected.data == str(hundredths(gross)):
            return True
        self.form_errors.append(
            gettext(
                "These quantities come to %(amount)s. Check that, then issue the credit note.",
                amount=money(gross, currency),
            )
        )
        return False

    def tell(self, gross: Decimal, known: int) -> None:
        """Put what is now so in the place of what came with the form."""
        self.expected.data, self.expected.raw_data = str(hundredths(gross)), None
        self.known.reset(known)
