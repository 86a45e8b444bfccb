"""What a client may have accepted: the version they have, and of it what is said to be their choice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from flask_babel import gettext

from backoffice import clock
from backoffice.acceptances.refusals import AcceptedMeanwhile, NothingToAccept, SignedMeanwhile
from backoffice.documents.paper import Part, parts_of
from backoffice.opportunities.pages import WorkingPage
from backoffice.quotes.choice import Choice
from backoffice.quotes.choosing import VERSION, Arguments, Asked, Choosing
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.reading import QuoteReading
from backoffice.quotes.states import VersionState


@dataclass(frozen=True)
class Offer:
    """The version, on the ``page`` of its deal, in the reader's ``language``.

    ``arguments``: what a form says of the choice; without it, as the seller proposes.
    """

    page: WorkingPage
    version: QuoteVersion
    language: str
    arguments: Arguments

    @cached_property
    def choosing(self) -> Choosing:
        return Choosing(self.version.read())

    @cached_property
    def asked(self) -> Asked:
        return self.choosing.read(self.arguments, self.language)

    @cached_property
    def choice(self) -> Choice:
        return self.version.choose(self.asked.selection)

    @cached_property
    def reading(self) -> QuoteReading:
        return QuoteReading(self.choosing.content, self.language, self.choice)

    @property
    def choices(self) -> Sequence[Part]:
        """The lines about which there was anything to choose, under their headings."""
        parts = [
            Part(part.section, [line for line in part.lines if line.is_chosen_by_client])
            for part in parts_of(self.reading.lines)
        ]
        return [part for part in parts if part.lines]

    @property
    def complaints(self) -> list[str]:
        """Why quantities cannot be had, each with the name of its line."""
        names = {line.id: line.name for line in self.reading.items}
        return [
            gettext("%(name)s: %(words)s", name=names[key], words=complaint)
            for key, complaint in self.asked.complaints.items()
        ]

    @property
    def is_of_this_version(self) -> bool:
        """Whether the form that came was about the version that the client has."""
        return self.arguments.get(VERSION, "") == str(self.version.number)

    @property
    def sent_on(self) -> date:
        return clock.day_of(self.version.frozen_at, self.reading.timezone)

    @property
    def last_day(self) -> date:
        """The last on which it can have been accepted."""
        return min(self.reading.valid_until, clock.today(self.reading.timezone))

    @property
    def proposed(self) -> dict[str, Any]:
        """Whom the quote is made for is who accepted, today, until something else is typed."""
        client, contact = self.page.deal.client, self.page.deal.contact
        return {
            "name": contact.name if contact else client.name,
            "function": contact.function if contact else "",
            "email": (contact.email if contact else "") or client.email,
            "accepted_on": self.last_day,
        }

    def refuse_if_over(self) -> None:
        """Raises SignedMeanwhile, AcceptedMeanwhile, NothingToAccept."""
        if self.version.state is VersionState.SIGNED:
            raise SignedMeanwhile(version=self.version.id)
        if self.version.state is VersionState.ACCEPTED:
            raise AcceptedMeanwhile(version=self.version.id)
        if self.page.panel is None or self.page.panel.quote.acceptable is not self.version:
            raise NothingToAccept(version=self.version.id)
