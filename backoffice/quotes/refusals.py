"""Why a quote cannot be acted on, each named by what is wrong."""

from flask_babel import gettext

from backoffice.errors import Conflict, Refusal
from backoffice.language import percent
from backoffice.money import HUNDRED


class ScheduleNotWhole(Refusal):
    """``together``: what deposit and instalments come to, in per cent."""

    def sentence(self) -> str:
        together = self.facts["together"]
        facts = {"together": percent(together), "difference": percent(abs(HUNDRED - together))}
        if together < HUNDRED:
            return gettext(
                "Deposit and instalments come to %(together)s. "
                "Add the missing %(difference)s, or empty all instalments.",
                **facts,
            )
        return gettext("Deposit and instalments come to %(together)s. Take %(difference)s off them.", **facts)


class NotReady(Refusal):
    """The rep can mend it and send again."""


class NothingToQuote(NotReady):
    def sentence(self) -> str:
        return gettext("There is no priced line yet. Add a product, then send the quote.")


class NoTitle(NotReady):
    def sentence(self) -> str:
        return gettext("The quote has no title. Give it one on the opportunity, then send it.")


class NoRecipient(NotReady):
    def sentence(self) -> str:
        return gettext("There is no e-mail address. Enter one, or copy the link instead.")


class ConsumerPaysVat(NotReady):
    """CGI art. 283: only a taxable person can owe the tax in the seller's place."""

    def sentence(self) -> str:
        return gettext(
            "Reverse charge is for professional clients. Choose a VAT rate for the lines that have it."
        )


class TotalTooHigh(NotReady):
    def sentence(self) -> str:
        return gettext("The total is too high to be invoiced. Check quantities and prices.")


class ValidityOver(NotReady):
    def sentence(self) -> str:
        return gettext("The last day of validity is in the past. Choose a later day.")


class AlreadySigned(Conflict):
    def title(self) -> str:
        return gettext("This quote is already signed")

    def sentence(self) -> str:
        return gettext("It has been signed and can no longer be changed, sent or signed again.")


class AlreadyAccepted(AlreadySigned):
    """Otherwise than on the client's page, and recorded: it binds as a signature does."""

    def title(self) -> str:
        return gettext("This quote is already accepted")

    def sentence(self) -> str:
        return gettext(
            "Its acceptance is recorded: it can no longer be changed, sent or signed. "
            "Open it to read how it was accepted."
        )


class AcceptedOtherwise(AlreadyAccepted):
    """Told to the client."""

    def sentence(self) -> str:
        return gettext(
            "It was accepted otherwise, and your contact has recorded it: nothing is left to sign. "
            "Open the quote to read how it was accepted, and write to your contact if that is not right."
        )


class AlreadySent(Conflict):
    """``version`` was frozen since the form was opened."""

    def title(self) -> str:
        return gettext("Version %(version)s is already sent", version=self.facts["version"])

    def sentence(self) -> str:
        return gettext("Nothing more was sent. Open the opportunity to see what the client has now.")


class SignedByAnother(AlreadySigned):
    def sentence(self) -> str:
        return gettext(
            "Somebody else has already signed it. You can read it, and nothing more is asked of you."
        )


class QuoteClosed(Conflict):
    """The version can no longer be answered."""

    def title(self) -> str:
        return gettext("This quote is no longer open")

    def sentence(self) -> str:
        return gettext("This quote is no longer open for acceptance. Ask your contact for a new version.")


class QuoteExpired(QuoteClosed):
    def sentence(self) -> str:
        return gettext("This quote has expired and can no longer be signed. Ask your contact to extend it.")


class QuoteChanged(Conflict):
    """What was seen is not what is stored now."""

    def title(self) -> str:
        return gettext("The quote has changed")

    def sentence(self) -> str:
        return gettext(
            "A newer version replaced the one that you were reading. Read it again before you sign."
        )


class ChoiceNotOffered(Refusal):
    def sentence(self) -> str:
        return gettext(
            "The choice contains a line that this quote does not offer. Open the quote again and choose once more."
        )
