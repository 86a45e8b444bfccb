"""Why an order cannot be billed or an invoice not issued, each named by what is wrong."""

from flask_babel import gettext

from backoffice.errors import Conflict, IllegalMove, Refusal
from backoffice.language import longdate


class AlreadyInvoiced(Conflict):
    """``invoice`` is the id of the invoice that bills the order."""

    def title(self) -> str:
        return gettext("This order is already invoiced")

    def sentence(self) -> str:
        return gettext("This order was already invoiced. Here is its invoice.")


class NothingToInvoice(Refusal):
    """No quantity was chosen."""

    def sentence(self) -> str:
        return gettext("Enter a quantity for at least one line.")


class MoreThanOrdered(Conflict):
    """``remaining``: what is left to invoice, by order line, of the lines where more was asked for."""

    def title(self) -> str:
        return gettext("More than what remains of the order")

    def sentence(self) -> str:
        return gettext("Less is left to invoice than you entered. The form shows what remains now.")


class Discarded(IllegalMove):
    """The draft was put away. ``order`` is the id of its order."""

    def title(self) -> str:
        return gettext("This draft was discarded")

    def sentence(self) -> str:
        return gettext("This draft was discarded meanwhile. Make a new one from the order.")


class AlreadyIssued(IllegalMove):
    """An issued invoice never changes. ``number`` is the one it has."""

    def title(self) -> str:
        return gettext("This invoice is already issued")

    def sentence(self) -> str:
        number = self.facts["number"]
        return gettext("Invoice %(number)s was already issued. Nothing changes it any more.", number=number)


class AddressKnown(Conflict):
    """Somebody gave the client an address since the page was opened."""

    def sentence(self) -> str:
        return gettext("The client has an address by now, which this page shows. Nothing was changed.")


class TooEarlyToAsk(Refusal):
    """A consumer who signed away from the seller's premises; ``day``: the first on which a deposit may be asked."""

    def title(self) -> str:
        return gettext("Too early to ask for this deposit")

    def sentence(self) -> str:
        return gettext(
            "The client signed away from your premises: no payment before %(day)s (C. conso., art. L221-10). "
            "Issue this invoice from that day on.",
            day=longdate(self.facts["day"]),
        )


class InvoiceIncomplete(Refusal):
    """The law wants a mention that is not there; ``missing`` is the tuple of ``completeness.Fact``."""

    def title(self) -> str:
        return gettext("This invoice is not complete")

    def sentence(self) -> str:
        listed = "; ".join(fact.sentence() for fact in self.facts["missing"])
        return gettext("The law requires more on it. Still missing: %(facts)s.", facts=listed)
