"""The faces that documents are set in, and what they can draw: what is typed must be fit to be archived.

One frozen text is read on a page and kept as a PDF. A browser finds a glyph for anything; a PDF has the packaged
faces only, so a character that they lack is refused where it is typed.
"""

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parents[1] / "static" / "fonts"
TEXT_FACES = ("text-regular.ttf", "text-semibold.ttf")
_LAID_OUT = frozenset(
    "\n\t\u00ad\u200b"
)  # ends of lines, tabs and places to break: drawn as space or not at all


@cache
def drawable_characters() -> frozenset[str]:
    """The characters that every text face can draw; the other faces fall back on these."""
    common = set.intersection(*(_codes(FONTS / name) for name in TEXT_FACES))
    return frozenset(map(chr, common)) | _LAID_OUT


def first_undrawable(text: str) -> str | None:
    """The first character of ``text`` (in NFC) that a document cannot show; None when it shows all."""
    known = drawable_characters()
    return None if known.issuperset(text) else next(each for each in text if each not in known)


def _codes(face: Path) -> set[int]:
    with TTFont(face, lazy=True) as font:
        return set(font.getBestCmap())
