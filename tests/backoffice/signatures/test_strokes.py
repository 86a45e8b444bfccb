"""Drawn signatures as numbers: what is taken, what is refused, and the curves that are made of them."""

import json
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.signatures import strokes
from backoffice.signatures.refusals import DrawingNotRead, NothingDrawn, TooLittleDrawn, TooMuchDrawn
from backoffice.signatures.strokes import HARDEST, HEIGHT, WIDTH, Drawing, drawing_of, kept_drawing

POINT = st.tuples(st.integers(0, WIDTH), st.integers(0, HEIGHT), st.integers(0, HARDEST))
STROKES = st.lists(st.lists(POINT, min_size=1, max_size=30), min_size=1, max_size=8)
WAVE = [[100, 400, 50, 400, 200, 50, 800, 600, 50, 1200, 300, 50]]


def posted(drawn: list[list[tuple[int, int, int]]]) -> str:
    """As the page's script writes it."""
    return json.dumps(
        [[each for point in stroke for each in point] for stroke in drawn], separators=(",", ":")
    )


def numbers_of(path: str) -> list[int]:
    return [int(each) for each in re.findall(r"-?\d+", path.replace("h1", ""))]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", NothingDrawn), ("  ", NothingDrawn), ("[]", NothingDrawn),
        ("[[5,5,50]]", TooLittleDrawn), ("[[0,0,50,99,0,50,0,0,50,99,0,50]]", TooLittleDrawn),
        ("[[0,0,50],[2000,800,50]]", TooLittleDrawn),  # two dots far apart
        ("[[0,0]]", DrawingNotRead), ("[[0,0,0,0]]", DrawingNotRead), ("[[]]", DrawingNotRead),
        ("[[2001,0,0]]", DrawingNotRead), ("[[0,801,0]]", DrawingNotRead), ("[[0,0,101]]", DrawingNotRead),
        ("[[-1,0,0]]", DrawingNotRead), ("[[0.5,0,0]]", DrawingNotRead), ("[[1e3,0,0]]", DrawingNotRead),
        ("[[01,0,0]]", DrawingNotRead), ("[[NaN,0,0]]", DrawingNotRead), ("[[null,0,0]]", DrawingNotRead),
        ('[["0",0,0]]', DrawingNotRead), ("[[0, 0, 0]]", DrawingNotRead), ('{"a":1}', DrawingNotRead),
        ("[[[0,0,0]]]", DrawingNotRead), ("[" * 50_000, DrawingNotRead), ("[[\u0661,0,0]]", DrawingNotRead),
        ("[[0,0,0]]\x00", DrawingNotRead), ("<svg onload=alert(1)>", DrawingNotRead),
        ("[[" + "9" * 50_000 + ",0,0]]", DrawingNotRead), ("[" * 10_000_000, TooMuchDrawn),
        (posted([[(0, 0, 0)]] * 101), TooMuchDrawn), (posted([[(0, 0, 0)] * 4001]), TooMuchDrawn),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)  # fmt: skip
def test_what_is_no_signature_is_refused_by_name(text, refusal):
    with pytest.raises(refusal):
        drawing_of(text)


def test_a_hand_drawn_line_is_taken():
    drawing = drawing_of(json.dumps(WAVE, separators=(",", ":")))
    assert (
        drawing.kept == b'{"box":[2000,800,100],"strokes":[[100,400,50,400,200,50,800,600,50,1200,300,50]]}'
    )
    assert [(each.path, each.breadth) for each in drawing.curves] == [
        ("M200 800Q200 800 500 600Q800 400 1200 800Q1600 1200 2000 900L2400 600", 24)
    ]


def test_who_presses_harder_draws_a_broader_line():
    drawing = drawing_of("[[0,0,0,500,0,50,1000,0,100]]")
    assert [each.breadth for each in drawing.curves] == [14, 24]
    assert drawing.curves[1].path.startswith("M500 0")  # where the finer line ended


@given(STROKES)
def test_whatever_is_drawn_is_kept_exactly(drawn):
    drawing = Drawing(tuple(tuple(stroke) for stroke in drawn))
    assert kept_drawing(drawing.kept) == drawing
    assert strokes.shown_drawing(posted(drawn)) == drawing


@given(STROKES)
def test_the_same_numbers_give_the_same_picture_and_no_ink_leaves_it(drawn):
    drawing = Drawing(tuple(tuple(stroke) for stroke in drawn))
    again = kept_drawing(drawing.kept)
    assert again is not None
    assert drawing.svg == again.svg
    left, top, width, height = (int(each) for each in drawing.view_box.split())
    for curve in drawing.curves:
        numbers = numbers_of(curve.path)
        half = curve.breadth / 2
        across, down = numbers[::2], numbers[1::2]
        # A quadratic curve stays within the hull of the points that make it.
        assert left <= min(across) - half
        assert max(across) + 1 + half <= left + width
        assert top <= min(down) - half
        assert max(down) + half <= top + height


@given(st.lists(POINT, min_size=2, max_size=30))
def test_the_curves_of_a_stroke_hang_together_from_its_first_point_to_its_last(stroke):
    curves = [numbers_of(each.path) for each in Drawing((tuple(stroke),)).curves]
    assert curves[0][:2] == [2 * stroke[0][0], 2 * stroke[0][1]]
    assert curves[-1][-2:] == [2 * stroke[-1][0], 2 * stroke[-1][1]]
    assert all(one[-2:] == other[:2] for one, other in pairwise(curves))


@given(st.text(alphabet='[],0123456789 -.e"n', max_size=200))
def test_no_text_is_anything_but_taken_or_refused(text):
    try:
        drawing_of(text)
    except (NothingDrawn, DrawingNotRead, TooMuchDrawn, TooLittleDrawn):
        return
    assert json.loads(text)
