"""Whatever colour a seller chooses, its pages can be read."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.seller.colours import (
    DARK_GROUNDS,
    DARK_INK,
    DARK_TINTS,
    LIGHT_GROUNDS,
    LIGHT_INK,
    LIGHT_TINTS,
    SHAPE,
    TEXT,
    NotAColour,
    brand_stylesheet,
    contrast,
    normal,
    palettes,
)

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"

colours = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours)
def test_any_colour_gives_readable_pairs(colour: str) -> None:
    schemes = zip(palettes(colour), (LIGHT_GROUNDS, DARK_GROUNDS), (LIGHT_TINTS, DARK_TINTS), strict=True)
    for palette, grounds, tints in schemes:
        assert contrast(palette.on_brand, palette.brand) >= TEXT
        for ground in grounds:
            assert contrast(palette.brand, ground) >= SHAPE
        for ground in (*grounds, *tints):
            assert contrast(palette.brand_ink, ground) >= TEXT
        assert contrast(palette.brand_ink, palette.brand_soft) >= TEXT


@given(colours)
def test_every_ink_of_the_page_reads_on_the_tint(colour: str) -> None:
    light, dark = palettes(colour)
    inks_by_day, inks_by_night = (
        {name: value for name, value in scheme.items() if name in {"ink", "ink-soft"}} for scheme in tokens()
    )
    assert all(contrast(ink, light.brand_soft) >= TEXT for ink in inks_by_day.values())
    assert all(contrast(ink, dark.brand_soft) >= TEXT for ink in inks_by_night.values())


def test_a_readable_colour_is_left_as_the_seller_chose_it() -> None:
    light, _ = palettes("#18694C")
    assert light.brand == "#18694c"
    assert light.on_brand == "#ffffff"


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000", "#fff") == 21
    assert contrast("#777777", "#ffffff") == contrast("#fff", "#777")
    assert str(contrast("#767676", "#fff"))[:4] == "4.54"


@pytest.mark.parametrize("written", ["18694c", " #18694C ", "#18694c"])
def test_a_colour_may_be_written_in_several_ways(written: str) -> None:
    assert normal(written) == "#18694c"


@pytest.mark.parametrize(
    "written", ["", "green", "#12345", "#1234567", "#18694c; } body { display: none", "#18694c\n}"]
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(NotAColour):
        brand_stylesheet(written)


def test_the_stylesheet_names_both_schemes() -> None:
    sheet = brand_stylesheet("#18694c")
    assert sheet.count("--brand:") == 2
    assert "prefers-color-scheme: dark" in sheet
    assert sheet == brand_stylesheet("18694C")


def test_the_grounds_are_those_of_the_pages() -> None:
    light, dark = tokens()
    assert (light["surface"], light["ground"], light["sunken"]) == LIGHT_GROUNDS
    assert (dark["surface"], dark["ground"], dark["sunken"]) == DARK_GROUNDS
    soft = ("good-soft", "warn-soft", "stop-soft", "note-soft")
    assert tuple(light[name] for name in soft) == LIGHT_TINTS
    assert tuple(dark[name] for name in soft) == DARK_TINTS
    assert (light["ink"], dark["ink"]) == (DARK_INK, LIGHT_INK)


def tokens() -> list[dict[str, str]]:
    """The plain colours of tokens.css, light then dark."""
    light, dark = TOKENS.read_text().split("@media (prefers-color-scheme: dark)")
    return [
        {name: normal(value) for name, value in re.findall(r"--([\w-]+): (#\w{3,6});", part)}
        for part in (light, dark)
    ]
