"""What sign-in and the keeping of accounts say no to."""

import math
from datetime import datetime

from flask_babel import gettext, ngettext

from backoffice.errors import Refusal


class NotRight(Refusal):
    """Unknown address, wrong password or closed account: the reader must not learn which."""

    def title(self) -> str:
        return gettext("Not signed in")

    def sentence(self) -> str:
        return gettext("E-mail or password not right.")


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
