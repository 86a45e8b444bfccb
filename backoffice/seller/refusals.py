"""What cannot be done for want of a seller."""

from flask_babel import gettext

from backoffice.errors import Refusal


class NotSetUp(Refusal):
    """There is no seller yet: ``flask seller set`` makes it."""

    status = 503

    def title(self) -> str:
        return gettext("This installation is not set up yet")

    def sentence(self) -> str:
        return gettext(
            "The company that sells is not named yet. An administrator does so after signing in; on the server, "
            "the command “flask --app wsgi seller set” does it too, and README.md tells its options."
        )
