"""A photograph made small: as large as it is ever shown, and without anything that the camera wrote into it."""

import io

from PIL import Image, ImageOps

from backoffice.files.pictures import on_white, redrawn

LARGEST = 10_000_000
SIDE = 256
QUALITY = 85


def small(data: bytes) -> bytes:
    """A square JPEG of its middle, upright. Slow. Raises PictureUnreadable, PictureTooLarge."""
    return redrawn(data, _drawn, room=2 * SIDE)


def _drawn(upright: Image.Image) -> bytes:
    square = on_white(ImageOps.fit(upright, (SIDE, SIDE)))
    written = io.BytesIO()
    square.save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
