"""What sign-in and the keeping of accounts say no to."""

import math
from datetime import datetime

from flask_babel import gettext, ngettext

from backoffice.errors import Conflict, Gone, Refusal


class NotRight(Refusal):
    """Unknown address, wrong password or closed account: the reader must not learn which."""

    def title(self) -> str:
        return gettext("Not signed in")

    def sentence(self) -> str:
        return gettext("E-mail or password not right.")


class WrongPassword(Refusal):
    """The password of somebody who is known already."""

    def sentence(self) -> str:
        return gettext("This password is not right. Type it again.")


class TooManyAttempts(Refusal):
    """Guessing is slowed down. Facts: ``until``, the moment when it may go on, and ``at``, now."""

    status = 429

    @property
    def seconds(self) -> int:
        """How long to wait, for Retry-After."""
        until: datetime = self.facts["until"]
        at: datetime = self.facts["at"]
        return max(1, math.ceil((until - at).total_seconds()))

    def title(self) -> str:
        return gettext("Too many attempts")

    def sentence(self) -> str:
        minutes = math.ceil(self.seconds / 60)
        return ngettext(
            "Too many attempts. Please try again in one minute.",
            "Too many attempts. Please try again in %(num)d minutes.",
            minutes,
        )


class WeakPassword(Refusal):
    """A password anybody would try. Fact: ``reason``, as ``passwords.problem_of`` names it."""

    def sentence(self) -> str:
        return {
            "short": gettext("The password must have at least 12 characters."),
            "long": gettext("The password must have at most 256 characters."),
            "common": gettext("This password is too easy to guess. Choose a longer or rarer one."),
        }[self.facts["reason"]]


class AddressTaken(Refusal):
    """Somebody of the firm has this e-mail address already. Fact: ``email``."""

    status = 409

    def sentence(self) -> str:
        return gettext("%(email)s already has an account.", email=self.facts["email"])


class UnknownAccount(Refusal):
    """Nobody of the firm has this address. Fact: ``email``."""

    status = 404

    def sentence(self) -> str:
        return gettext("Nobody here has the address %(email)s.", email=self.facts["email"])


class WrongAddress(Refusal):
    """Not an e-mail address. Fact: ``email``."""

    def sentence(self) -> str:
        return gettext("%(email)s is not an e-mail address.", email=self.facts["email"])


class NamelessAccount(Refusal):
    def sentence(self) -> str:
        return gettext("Enter the person’s name.")


class CodeNotRight(Refusal):
    """Wrong, too old, or used already."""

    def sentence(self) -> str:
        return gettext("This code is not right, or was used already. Wait for the next one and type it.")


class StepExpired(Refusal):
    """The password was given too long ago, or the account has changed since."""

    def sentence(self) -> str:
        return gettext("Please sign in again from the beginning.")


class PasswordNotRight(Refusal):
    """The present password, asked before an act that a borrowed browser must not do."""

    def sentence(self) -> str:
        return gettext("This is not your present password.")


class ResetLinkClosed(Gone):
    """Used, replaced by a newer password, or too old."""

    def sentence(self) -> str:
        return gettext("It was used already or is too old. Ask for a new one.")


class LastAdministrator(Conflict):
    """Without this one nobody could manage people and settings."""

    def title(self) -> str:
        return gettext("Somebody must remain administrator")

    def sentence(self) -> str:
        return gettext(
            "%(name)s is the only administrator. Make somebody else administrator first.",
            name=self.facts["name"],
        )


class OwnAccount(Conflict):
    """What nobody does to their own account."""

    def title(self) -> str:
        return gettext("This is your own account")

    def sentence(self) -> str:
        return gettext("Ask another administrator to do this.")


class NobodyTakesOver(Refusal):
    """There are deals, clients or tasks, and no colleague was named who can take them."""

    def sentence(self) -> str:
        return gettext("Choose who takes over.")


class NoSecondFactor(Conflict):
    """It was taken off meanwhile."""

    def sentence(self) -> str:
        return gettext("The second factor is already off.")
