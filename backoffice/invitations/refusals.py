"""What invitations say no to."""

from flask_babel import gettext

from backoffice.errors import Conflict, Gone


class InvitationClosed(Gone):
    """Taken up, withdrawn or too old. Fact: ``accepted``."""

    def title(self) -> str:
        return gettext("This invitation is no longer valid")

    def sentence(self) -> str:
        if self.facts.get("accepted"):
            return gettext("It was already used. If that was you, sign in.")
        return gettext("It has expired, was withdrawn or was replaced by another. Ask for a new one.")


class AlreadyInvited(Conflict):
    """The address has an open invitation. Fact: ``email``."""

    def sentence(self) -> str:
        return gettext(
            "%(email)s is already invited. Send that invitation again instead.", email=self.facts["email"]
        )
