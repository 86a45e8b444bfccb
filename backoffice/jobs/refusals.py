"""What jobs say no to."""

from flask_babel import gettext

from backoffice.errors import Gone


class ResultRemoved(Gone):
    """A file that is kept for some days only."""

    def title(self) -> str:
        return gettext("This file is no longer there")

    def sentence(self) -> str:
        return gettext(
            "It was made to be fetched within a few days, and has been removed. Have it made again."
        )
