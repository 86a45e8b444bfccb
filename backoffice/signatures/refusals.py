"""What a drawn signature is refused for; each says what to do instead."""

from flask_babel import gettext

from backoffice.errors import Refusal


class NothingDrawn(Refusal):
    """The pad came back empty."""

    def sentence(self) -> str:
        return gettext("Draw your signature in the box, or choose “Type my name”.")


class TooLittleDrawn(Refusal):
    """A dot or a dash: a slip of the finger, which would bind nobody."""

    def sentence(self) -> str:
        return gettext("This is too small to be a signature. Draw it larger, or choose “Type my name”.")


class TooMuchDrawn(Refusal):
    """More strokes or points than a hand makes."""

    def sentence(self) -> str:
        return gettext("This drawing is too long. Clear it and draw your signature once.")


class DrawingNotRead(Refusal):
    """Not the numbers that our own page sends."""

    def sentence(self) -> str:
        return gettext(
            "The drawing did not arrive whole. Draw your signature again, or choose “Type my name”."
        )
