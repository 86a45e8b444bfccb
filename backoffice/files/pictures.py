"""Pictures from outside, drawn anew: within bounds, upright, and without anything else that the file held."""

import io
import struct
import warnings
import zlib
from collections.abc import Callable

from flask_babel import gettext
from PIL import Image, ImageOps

from backoffice.errors import Refusal
from backoffice.files.types import FileType

TYPES = frozenset({FileType.JPEG, FileType.PNG, FileType.WEBP})
MOST_PIXELS = 60_000_000
"""More than cameras take; a small file can hold far more of one colour."""
MOST_UNPACKED = 16_000_000
"""Points that are held in memory at once, after a JPEG was unpacked at a fraction of its size."""
UNREADABLE = (
    OSError, ValueError, SyntaxError, Image.DecompressionBombError,
    TypeError, LookupError, AttributeError, ArithmeticError, struct.error, zlib.error,
)  # fmt: skip
"""What Pillow raises for files that cameras and phones have written wrongly, in the picture or in its EXIF."""


class PictureRefused(Refusal):
    """It cannot be drawn, or not within bounds."""


class PictureUnreadable(PictureRefused):
    def sentence(self) -> str:
        return gettext("This picture cannot be read. Choose another, or save it anew first.")


class PictureTooLarge(PictureRefused):
    def sentence(self) -> str:
        return gettext("This picture has too many points. Make it smaller first.")


def redrawn(data: bytes, draw: Callable[[Image.Image], bytes], *, room: int) -> bytes:
    """What ``draw`` makes of a JPEG, PNG or WebP picture, which it gets upright and in RGBA.

    ``room``: points of a side that ``draw`` needs at most; it may get fewer, and never far more. Slow.
    Raises PictureUnreadable, PictureTooLarge.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # whatever the file does wrong: it is made anew
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise PictureTooLarge
                picture.draft("RGB", (room, room))  # a JPEG need not be unpacked whole
                if picture.width * picture.height > MOST_UNPACKED:
                    raise PictureTooLarge
                picture.thumbnail((2 * room, 2 * room))  # the rest is done with few points
                return draw(ImageOps.exif_transpose(picture).convert("RGBA"))
    except UNREADABLE as error:
        raise PictureUnreadable from error


def on_white(picture: Image.Image) -> Image.Image:
    """For formats that know no transparency."""
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground
