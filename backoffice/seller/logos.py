"""The seller's logo as it was sent: what it is by its content, and whether every page and paper can draw it.

PNG and JPEG hold no script and no address; an SVG may hold both.
"""

import io
import warnings

from flask_babel import gettext
from PIL import Image, ImageOps

from backoffice.errors import Refusal
from backoffice.files.pictures import UNREADABLE

LARGEST = 2_000_000
"""Bytes."""
MOST_PIXELS = 16_000_000
KINDS = {"PNG": "image/png", "JPEG": "image/jpeg"}
SCREEN_AND_PAPER = (1200, 600)
"""Twice what paper shows at 300 dots an inch: more only makes every page and document heavy."""


class LogoTooLarge(Refusal):
    def sentence(self) -> str:
        return gettext("This picture is too large: choose one of at most 2 MB and 16 million points.")


class NotALogo(Refusal):
    def sentence(self) -> str:
        return gettext("This is not a picture that can be used: choose a PNG or JPEG file.")


def checked_logo(data: bytes) -> tuple[bytes, str]:
    """The picture drawn anew, without what else the file held (places, names of cameras), and its type.

    Raises LogoTooLarge, NotALogo.
    """
    if len(data) > LARGEST:
        raise LogoTooLarge(size=len(data))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = Image.open(io.BytesIO(data), formats=list(KINDS))
            if picture.width * picture.height > MOST_PIXELS:
                raise LogoTooLarge(width=picture.width, height=picture.height)
            return drawn(picture), KINDS[str(picture.format)]
    except (*UNREADABLE, Warning):
        raise NotALogo(size=len(data)) from None


def drawn(picture: Image.Image) -> bytes:
    """At a size that fits screen and paper, in its own format."""
    jpeg = picture.format == "JPEG"
    plain = ImageOps.exif_transpose(picture).convert("RGB" if jpeg else "RGBA")
    plain.thumbnail(SCREEN_AND_PAPER)
    plain.info.clear()
    out = io.BytesIO()
    if jpeg:
        plain.save(out, "JPEG", quality=92)
    else:
        plain.save(out, "PNG", optimize=True)
    return out.getvalue()
