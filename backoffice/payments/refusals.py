"""Why a payment cannot be recorded, each named by what is wrong."""

from datetime import timedelta

from flask_babel import gettext

from backoffice.errors import Conflict, Refusal
from backoffice.language import longdate, money

A_MOMENT = timedelta(minutes=5)
"""How long the same form posted again is a second click, not a second payment."""


class Overpaid(Refusal):
    """``open``: what is still owed, in ``currency``."""

    def sentence(self) -> str:
        owed = money(self.facts["open"], self.facts["currency"])
        return gettext("Only %(amount)s is open on this invoice. Enter that or less.", amount=owed)


class TooMuchBack(Refusal):
    """``due``: what the client is to get back, in ``currency``."""

    def sentence(self) -> str:
        due = money(self.facts["due"], self.facts["currency"])
        return gettext("Only %(amount)s is to be paid back. Enter that or less.", amount=due)


class NothingOpen(Conflict):
    """Neither the client nor the seller owes anything on the invoice."""

    def title(self) -> str:
        return gettext("Nothing is open on this invoice")

    def sentence(self) -> str:
        return gettext("This invoice is settled: there is nothing to pay or to pay back.")


class NotYet(Refusal):
    """``today`` is the last day that a payment can have."""

    def sentence(self) -> str:
        today = longdate(self.facts["today"])
        return gettext(
            "A payment is recorded once it is there. Enter %(today)s or an earlier day.", today=today
        )


class TooFine(Refusal):
    """More decimals than the currency has."""

    def sentence(self) -> str:
        return gettext("This currency has no cents. Enter a whole amount.")


class AlreadyReversed(Conflict):
    def title(self) -> str:
        return gettext("This entry is cancelled already")

    def sentence(self) -> str:
        return gettext("This payment entry was cancelled already. Nothing was changed.")


class NotReversible(Conflict):
    """A reverse entry is not reversed: record the payment anew."""

    def sentence(self) -> str:
        return gettext("A cancellation is not cancelled. Record the payment again instead.")
