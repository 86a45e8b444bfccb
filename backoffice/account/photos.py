"""A photograph made small: as large as it is ever shown, and without anything that the camera wrote into it."""

import io
import warnings

from flask_babel import gettext
from PIL import Image, ImageOps

from backoffice.errors import Refusal
from backoffice.files.pictures import UNREADABLE
from backoffice.files.types import FileType

TYPES = frozenset({FileType.JPEG, FileType.PNG, FileType.WEBP})
LARGEST = 10_000_000
SIDE = 256
MOST_PIXELS = 60_000_000
"""More than cameras take; a small file can hold far more of one colour."""
MOST_UNPACKED = 16_000_000
"""Points that are held in memory at once, after a JPEG was unpacked at a fraction of its size."""
QUALITY = 85


class PhotoUnreadable(Refusal):
    def sentence(self) -> str:
        return gettext("This picture cannot be read. Choose another, or save it anew first.")


class PhotoTooLarge(Refusal):
    def sentence(self) -> str:
        return gettext("This picture has too many points. Make it smaller first.")


def small(data: bytes) -> bytes:
    """A square JPEG of its middle, upright. Slow. Raises PhotoUnreadable, PhotoTooLarge."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # whatever the file does wrong: it is made anew
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise PhotoTooLarge
                picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG need not be unpacked whole
                if picture.width * picture.height > MOST_UNPACKED:
                    raise PhotoTooLarge
                return _drawn(picture)
    except UNREADABLE as error:
        raise PhotoUnreadable from error


def _drawn(picture: Image.Image) -> bytes:
    picture.thumbnail((4 * SIDE, 4 * SIDE))  # the rest is done with few points
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    square = ImageOps.fit(upright, (SIDE, SIDE))
    ground = Image.new("RGB", square.size, "white")  # behind what is transparent
    ground.paste(square, mask=square.getchannel("A"))
    written = io.BytesIO()
    ground.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
