"""Why a link cannot be given, each named by what is wrong."""

from flask_babel import gettext

from backoffice.errors import Conflict


class NothingSentYet(Conflict):
    def title(self) -> str:
        return gettext("Nothing was sent yet")

    def sentence(self) -> str:
        return gettext("Send the quote first: a link leads to what was sent.")


class LinkIsRevoked(Conflict):
    def title(self) -> str:
        return gettext("This link no longer opens")

    def sentence(self) -> str:
        return gettext("Give the person a new link instead.")
