"""What may be drawn: characters that the packaged faces have, in words and fields of bearable length.

A character without a glyph leaves ``.notdef`` in the file, which PDF/A forbids, and one word of 50 kB
costs the layout half a minute, because the search for a break in an unbreakable word is quadratic.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from backoffice.faces import drawable_characters

LONGEST_FIELD = 5000
LONGEST_WORD = 40
REPLACEMENT = "?"
ZERO_WIDTH_SPACE = "\u200b"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LONG_WORD = re.compile(rf"[^\s{ZERO_WIDTH_SPACE}]{{{LONGEST_WORD + 1},}}")


def drawable_text(text: str) -> str:
    """``text`` in NFC, without invisible or private characters, ``?`` for each one that no face can draw."""
    known = drawable_characters()
    composed = unicodedata.normalize("NFC", text)
    if known.issuperset(composed):
        return composed
    return "".join(
        each if each in known else "" if unicodedata.category(each) in _INVISIBLE else REPLACEMENT
        for each in composed
    )


def bounded_text(text: str) -> str:
    """``text`` cut at ``LONGEST_FIELD`` characters, its endless words opened to a line break."""
    cut = text if len(text) <= LONGEST_FIELD else text[: LONGEST_FIELD - 1] + "…"
    return _LONG_WORD.sub(_opened, cut)


def drawable(value: Any) -> Any:
    """A copy of frozen facts (mappings, sequences, strings) whose every string can be drawn quickly."""
    match value:
        case str():
            return bounded_text(drawable_text(value))
        case Mapping():
            return {key: drawable(each) for key, each in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray):
            return [drawable(each) for each in value]
        case _:
            return value


def _opened(word: re.Match[str]) -> str:
    letters = word.group()
    pieces = (letters[start : start + LONGEST_WORD] for start in range(0, len(letters), LONGEST_WORD))
    return ZERO_WIDTH_SPACE.join(pieces)
