"""Pictures of products: made small, without what the camera wrote into them, and kept in the archive."""

import io
from datetime import datetime

import sqlalchemy as sa
from PIL import Image
from sqlalchemy.orm import Session

from backoffice.catalogue.models import Product, ProductImage
from backoffice.documents.archive import Archive, ArchiveDamaged, NotArchived
from backoffice.errors import NotFound
from backoffice.files.pictures import on_white, redrawn
from backoffice.files.types import FileType

LARGEST = 10_000_000
"""Bytes of what is handed over."""
SIDE = 960
"""Points of the longer side, at most: a picture is not made larger than it is."""
QUALITY = 85
OPAQUE = 255


def fitted(data: bytes) -> tuple[bytes, str]:
    """The picture drawn anew, whole and upright, and its media type: PNG if it is transparent, else JPEG.

    Slow. Raises PictureUnreadable, PictureTooLarge.
    """
    drawn = redrawn(data, _drawn, room=SIDE)
    media_type = FileType.JPEG if drawn.startswith(b"\xff\xd8") else FileType.PNG
    return drawn, media_type.value


def _drawn(upright: Image.Image) -> bytes:
    upright.thumbnail((SIDE, SIDE))
    upright.info.clear()  # profile, comment, date
    written = io.BytesIO()
    if upright.getchannel("A").getextrema()[0] == OPAQUE:
        on_white(upright).save(written, "JPEG", quality=QUALITY, optimize=True)
    else:
        upright.save(written, "PNG", optimize=True)
    return written.getvalue()


def show_image(
    session: Session, product: Product, sha256: str, *, media_type: str, size: int, at: datetime
) -> None:
    """Let the product show a picture that the archive keeps; another that it had stays for papers that name it."""
    if session.get(ProductImage, sha256) is None:
        session.add(ProductImage(sha256=sha256, media_type=media_type, size=size, added_at=at))
        session.flush()  # the product names it
    product.image_sha256 = sha256


def known_images(session: Session, digests: set[str]) -> set[str]:
    """Those under which a picture of the catalogue is kept."""
    return set(session.scalars(sa.select(ProductImage.sha256).where(ProductImage.sha256.in_(digests))))


def image_bytes(archive: Archive, session: Session, sha256: str) -> tuple[bytes, str]:
    """A picture that was ever in the catalogue, verified, and its media type. Raises NotFound, for any other file too.

    Who may read it is the caller's to say: a client only those that the quote's content names.
    """
    image = session.get(ProductImage, sha256)
    if image is None:
        raise NotFound(image=sha256)
    try:
        return archive.read(sha256), image.media_type
    except (NotArchived, ArchiveDamaged, OSError):
        raise NotFound(image=sha256) from None
