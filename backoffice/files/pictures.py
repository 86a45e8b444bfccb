"""What everybody who opens a picture has to expect of it."""

import struct
import zlib

from PIL import Image

UNREADABLE = (
    OSError, ValueError, SyntaxError, Image.DecompressionBombError,
    TypeError, LookupError, AttributeError, ArithmeticError, struct.error, zlib.error,
)  # fmt: skip
"""What Pillow raises for files that cameras and phones have written wrongly, in the picture or in its EXIF."""
