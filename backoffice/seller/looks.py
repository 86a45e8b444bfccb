"""What becomes of the colour that somebody chose, in words and figures."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from backoffice.seller.colours import LIGHT_GROUNDS, SHAPE, Palette, contrast, palettes

TENTH = Decimal("0.1")


@dataclass(frozen=True, kw_only=True)
class Look:
    """``contrast``: of the chosen colour with white paper, as 4.5; ``kept``: it is used as it is."""

    chosen: str
    contrast: Decimal
    kept: bool
    light: Palette
    dark: Palette


def look_of(colour: str) -> Look:
    """``colour`` as ``#rrggbb``."""
    light, dark = palettes(colour)
    weakest = min(contrast(colour, ground) for ground in LIGHT_GROUNDS)
    return Look(
        chosen=colour,
        contrast=contrast(colour, LIGHT_GROUNDS[0]).quantize(TENTH, ROUND_DOWN),
        kept=weakest >= SHAPE,
        light=light,
        dark=dark,
    )
