"""Why an invoice cannot be credited, each named by what is wrong."""

from flask_babel import gettext

from backoffice.errors import Conflict, IllegalMove, Refusal


class NotIssued(IllegalMove):
    """Only what was issued can be credited or paid."""

    def title(self) -> str:
        return gettext("This invoice is not issued")

    def sentence(self) -> str:
        return gettext("A draft is not owed yet: discard it if it is wrong, or issue it first.")


class AlreadyCredited(Conflict):
    """``note`` is the id of the last credit note of the invoice."""

    def title(self) -> str:
        return gettext("This invoice is credited already")

    def sentence(self) -> str:
        return gettext("Everything on this invoice was credited already. Here is its credit note.")


class DraftInTheWay(Conflict):
    """``draft`` is the id of the order's draft, whose amounts count on what is billed now."""

    def title(self) -> str:
        return gettext("This order has a draft invoice")

    def sentence(self) -> str:
        return gettext("The order of this invoice has a draft invoice. Issue or discard it first.")


class DepositDeducted(Conflict):
    """``invoice`` is the number of an invoice that takes the deposit off."""

    def title(self) -> str:
        return gettext("This deposit was deducted already")

    def sentence(self) -> str:
        number = self.facts["invoice"]
        return gettext("Invoice %(number)s deducts this deposit. Credit that invoice first.", number=number)


class MoreThanInvoiced(Conflict):
    """``remaining``: what is left to credit, by invoice line, of the lines where more was asked for."""

    def title(self) -> str:
        return gettext("More than was invoiced")

    def sentence(self) -> str:
        return gettext("Less is left to credit than you entered. The form shows what remains now.")


class NothingToCredit(Refusal):
    """No quantity was chosen."""

    def sentence(self) -> str:
        return gettext("Enter a quantity for at least one line.")
