"""The seller's one colour, made into the four that the pages use, light and dark.

Contrast as WCAG 2.2 measures it: text needs 4.5 : 1 on what lies behind it, a shape needs 3 : 1. The derived
colours keep the seller's hue and saturation and move in lightness only, by as little as readability asks.
"""

import colorsys
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

HEX = re.compile(r"#?(?P<digits>[0-9a-fA-F]{6})")
SHORT_HEX = re.compile(r"#?(?P<digits>[0-9a-fA-F]{3})")

TEXT = Decimal("4.5")
SHAPE = Decimal(3)
STEPS = 256

WHITE = "#ffffff"
BLACK = "#000000"
LIGHT_GROUNDS = ("#ffffff", "#f6f5f1", "#f0efea")
"""--surface, --ground and --sunken of static/css/tokens.css; a test holds them to it."""
DARK_GROUNDS = ("#1c1f24", "#131518", "#262a31")
LIGHT_TINTS = ("#e4f2e9", "#fbf0d9", "#fbe9e6", "#e6eff9")
"""--good-soft, --warn-soft, --stop-soft and --note-soft: a link may stand in any notice."""
DARK_TINTS = ("#1b3326", "#392d17", "#40211d", "#1d2f45")
DARK_INK = "#1d2330"
LIGHT_INK = "#eceae4"


class NotAColour(ValueError):
    """Not six (or three) hexadecimal digits."""


@dataclass(frozen=True)
class Palette:
    """One scheme: a shape to press, the text upon it, the colour as text, and a tint to lie behind text."""

    brand: str
    on_brand: str
    brand_ink: str
    brand_soft: str


def normal(colour: str) -> str:
    """``#rrggbb`` in small letters; ``NotAColour`` for anything else."""
    stripped = colour.strip()
    if match := HEX.fullmatch(stripped):
        return "#" + match["digits"].lower()
    if match := SHORT_HEX.fullmatch(stripped):
        return "#" + "".join(digit * 2 for digit in match["digits"].lower())
    raise NotAColour(f"{colour!r} is not a colour such as #18694c.")


def channels(colour: str) -> tuple[int, int, int]:
    digits = normal(colour)[1:]
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def linear(channel: int) -> Decimal:
    """One sRGB channel as an amount of light, 0 to 1."""
    share = Decimal(channel) / 255
    if share <= Decimal("0.04045"):
        return share / Decimal("12.92")
    return ((share + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")


WEIGHTS = (Decimal("0.2126"), Decimal("0.7152"), Decimal("0.0722"))
LIGHT_OF = tuple(linear(channel) for channel in range(256))


def luminance(colour: str) -> Decimal:
    """How bright the eye finds it: 0 is black, 1 white."""
    weighed = zip(WEIGHTS, channels(colour), strict=True)
    return sum((weight * LIGHT_OF[channel] for weight, channel in weighed), Decimal())


def contrast(one: str, other: str) -> Decimal:
    """The ratio of WCAG 2.2, from 1 (the same) to 21 (black on white), whichever is the brighter."""
    darker, brighter = sorted((luminance(one), luminance(other)))
    return (brighter + Decimal("0.05")) / (darker + Decimal("0.05"))


def at_lightness(colour: str, step: int, saturation_share: int = 100) -> str:
    """The same hue at lightness ``step`` of 255, with that percentage of its saturation."""
    red, green, blue = (channel / 255 for channel in channels(colour))
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    shares = colorsys.hls_to_rgb(hue, step / (STEPS - 1), saturation * saturation_share / 100)
    return "#" + "".join(f"{round(share * 255):02x}" for share in shares)


def lightness(colour: str) -> int:
    """0 to 255, as HLS has it."""
    bright, dark = max(channels(colour)), min(channels(colour))
    return (bright + dark) // 2


def readable(colour: str, behind: tuple[str, ...], ratio: Decimal) -> str:
    """The colour itself, or the nearest lightness of it that stands out from everything ``behind``."""
    if all(contrast(colour, other) >= ratio for other in behind):
        return colour
    start = lightness(colour)
    for step in sorted(range(STEPS), key=lambda step: abs(step - start)):
        candidate = at_lightness(colour, step)
        if all(contrast(candidate, other) >= ratio for other in behind):
            return candidate
    raise NotAColour(f"Nothing of the hue of {colour} stands out from {behind}.")


def upon(colour: str) -> str:
    """White where it reads on the colour, else black: one of the two always does."""
    return WHITE if contrast(WHITE, colour) >= TEXT else BLACK


def light(colour: str) -> Palette:
    own = normal(colour)
    brand = readable(own, LIGHT_GROUNDS, SHAPE)
    soft = tint(own, steps=range(237, STEPS), saturation_share=45, ink=DARK_INK, surface=LIGHT_GROUNDS[0])
    return Palette(brand, upon(brand), readable(own, (*LIGHT_GROUNDS, *LIGHT_TINTS, soft), TEXT), soft)


def dark(colour: str) -> Palette:
    own = normal(colour)
    brand = readable(own, DARK_GROUNDS, SHAPE)
    soft = tint(own, steps=range(37, 0, -1), saturation_share=40, ink=LIGHT_INK, surface=DARK_GROUNDS[0])
    return Palette(brand, upon(brand), readable(own, (*DARK_GROUNDS, *DARK_TINTS, soft), TEXT), soft)


def tint(colour: str, *, steps: range, saturation_share: int, ink: str, surface: str) -> str:
    """A breath of the colour to lie behind text: the first step on which every ink still reads."""
    for step in steps:
        candidate = at_lightness(colour, step, saturation_share)
        if contrast(candidate, ink) >= 2 * TEXT:
            return candidate
    return surface


def palettes(colour: str) -> tuple[Palette, Palette]:
    """Light and dark."""
    return light(colour), dark(colour)


def properties(palette: Palette) -> str:
    return (
        f"--brand: {palette.brand}; --on-brand: {palette.on_brand}; "
        f"--brand-ink: {palette.brand_ink}; --brand-soft: {palette.brand_soft};"
    )


@lru_cache(maxsize=64)  # every page names its sheet by its content
def brand_stylesheet(colour: str) -> str:
    """A style sheet that gives every page the seller's colour; it belongs after the page's own."""
    by_day, by_night = palettes(colour)
    return (
        f"@layer tokens {{\n  :root {{ {properties(by_day)} }}\n"
        f"  @media (prefers-color-scheme: dark) {{ :root {{ {properties(by_night)} }} }}\n}}\n"
    )
