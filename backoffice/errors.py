"""Refusals: what the business says no to, each with the page that answers it.

A refusal carries facts, never sentences: ``sentence()`` puts them into the reader's language
when the page is made, so that rules stay free of Flask and of any language.
"""

from typing import Any, ClassVar

from flask_babel import gettext


class Refusal(Exception):
    """Something that may not happen, and why. ``status`` is the HTTP status of the page that says so."""

    status: ClassVar[int] = 422

    def __init__(self, **facts: Any) -> None:
        super().__init__(", ".join(f"{name}={value!r}" for name, value in facts.items()))
        self.facts = facts

    def title(self) -> str:
        return gettext("This could not be done")

    def sentence(self) -> str:
        """What happened and what to do, in the reader's language."""
        return gettext("Please check what you entered and try again.")


class NotFound(Refusal):
    """Unknown, forged and foreign look the same."""

    status = 404

    def title(self) -> str:
        return gettext("Page not found")

    def sentence(self) -> str:
        return gettext("This address leads nowhere. Check it, or go back to the page that you came from.")


class UnknownLink(NotFound):
    """An address that only somebody who was sent a link can have come by."""

    def sentence(self) -> str:
        return gettext("This address leads nowhere. Check the link that you received, or ask for a new one.")


class Conflict(Refusal):
    """Somebody else was first, or the state does not allow the act any more."""

    status = 409

    def title(self) -> str:
        return gettext("This has changed in the meantime")

    def sentence(self) -> str:
        return gettext("Somebody changed this while you had it open. Open it again to see how it stands now.")


class StaleRevision(Conflict):
    """The form was opened on an older revision than the one stored."""


class IllegalMove(Conflict):
    """A move that the table of states does not list."""

    def sentence(self) -> str:
        return gettext(
            "This is no longer possible: the document has moved on. Open it again to see how it stands now."
        )


class Gone(Refusal):
    """A link that was valid and is no longer."""

    status = 410

    def title(self) -> str:
        return gettext("This link is no longer valid")

    def sentence(self) -> str:
        return gettext("It has expired or was replaced by another. Ask your contact for a new link.")


class Busy(Refusal):
    """The database did not give its lock in time. ``retry_after``: seconds after which it is worth another try."""

    status = 503
    retry_after: ClassVar[int] = 5

    def title(self) -> str:
        return gettext("One moment, please")

    def sentence(self) -> str:
        return gettext(
            "Many things are happening at once, and nothing was changed. Please try again in a few seconds."
        )


class BusyWithForm(Busy):
    """The same, when the page that says so holds what was posted."""

    def sentence(self) -> str:
        return gettext(
            "Many things are happening at once, and nothing was saved. "
            "What you entered is kept on this page: press the button in a few seconds."
        )
