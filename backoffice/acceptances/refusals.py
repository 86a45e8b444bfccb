"""Why an acceptance cannot be recorded, each with the field that must be mended."""

from typing import ClassVar

from flask_babel import gettext

from backoffice.errors import Refusal
from backoffice.language import longdate
from backoffice.quotes.refusals import AlreadyAccepted, AlreadySigned, QuoteChanged, QuoteClosed


class NotRecorded(Refusal):
    """``field``: that of the form which the sentence is about."""

    field: ClassVar[str]


class ConsumerInWriting(NotRecorded):
    field = "method"

    def sentence(self) -> str:
        return gettext(
            "A consumer is bound in writing only: record a signed paper or an e-mail, or send the link to be signed."
        )


class ProofMissing(NotRecorded):
    field = "files"

    def sentence(self) -> str:
        return gettext("Add the signed paper or the e-mail as a file: it is the proof.")


class AcceptedBeforeSent(NotRecorded):
    """``sent_on``: the seller's day on which the version went out."""

    field = "accepted_on"

    def sentence(self) -> str:
        return gettext(
            "This version was sent on %(day)s: it cannot have been accepted before.",
            day=longdate(self.facts["sent_on"]),
        )


class AcceptanceToCome(NotRecorded):
    field = "accepted_on"

    def sentence(self) -> str:
        return gettext("This day is still to come. Enter the day on which the client accepted.")


class AcceptedTooLate(NotRecorded):
    """C. civ. 1117: an offer lapses with its last day. ``valid_until``: that day."""

    field = "accepted_on"

    def sentence(self) -> str:
        return gettext(
            "This version was valid until %(day)s. What came later accepts nothing: send a new version.",
            day=longdate(self.facts["valid_until"]),
        )


class SignedMeanwhile(AlreadySigned):
    def sentence(self) -> str:
        return gettext(
            "The client has signed it on their page. Nothing was recorded besides: the signature counts."
        )


class AcceptedMeanwhile(AlreadyAccepted):
    def sentence(self) -> str:
        return gettext("Its acceptance is recorded already. Nothing was recorded besides.")


class NothingToAccept(QuoteClosed):
    def sentence(self) -> str:
        return gettext("The client has no version that could be accepted. Send a new one first.")


class OtherChoiceNow(QuoteChanged):
    def sentence(self) -> str:
        return gettext(
            "The choice is not the one whose total you had read. Check the total below, then record it again."
        )


class OtherVersionNow(QuoteChanged):
    def sentence(self) -> str:
        return gettext(
            "Somebody sent another version meanwhile. Check that it is the one the client accepted, "
            "then record it again."
        )
