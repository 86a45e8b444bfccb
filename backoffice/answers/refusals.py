"""Why an answer cannot be taken, each named by what is wrong."""

from flask_babel import gettext

from backoffice.errors import Conflict


class EnoughRequests(Conflict):
    def title(self) -> str:
        return gettext("Your requests are being looked at")

    def sentence(self) -> str:
        return gettext("You have already sent several requests. Wait for the reply, or call your contact.")


class NewerRequest(Conflict):
    """Another request came while the reply was written."""

    def sentence(self) -> str:
        return gettext("The client has sent another request meanwhile. Read it, then send your reply.")


class NotExpired(Conflict):
    def title(self) -> str:
        return gettext("This quote has moved on")

    def sentence(self) -> str:
        return gettext("There is nothing to extend any more. Open the quote to see how it stands now.")
