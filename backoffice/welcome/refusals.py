"""What the beginning of an installation says no to."""

from flask_babel import gettext

from backoffice.errors import Conflict, Refusal


class WrongCode(Refusal):
    def sentence(self) -> str:
        return gettext("This is not the code. It stands in the terminal in which the server was started.")


class AlreadyBegun(Conflict):
    """Somebody was first; the code opens nothing any more."""

    def title(self) -> str:
        return gettext("This installation has its administrator")

    def sentence(self) -> str:
        return gettext("Sign in, or ask the administrator for an account.")
