"""A drawn signature as numbers: read strictly, kept canonically, turned into curves by exact arithmetic.

A point is (x, y, pressure): whole numbers, x from 0 to WIDTH, y from 0 to HEIGHT, pressure from 0 to
HARDEST. What a page posts, and what is kept, is a list of strokes, each a flat list x, y, pressure, x, y, …
``static/js/signature-pad.js`` draws the same curves while the hand moves.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import dist

from backoffice.quotes import canonical
from backoffice.signatures.refusals import DrawingNotRead, NothingDrawn, TooLittleDrawn, TooMuchDrawn

WIDTH, HEIGHT, HARDEST = 2000, 800, 100
MOST_STROKES, MOST_POINTS = 100, 4000
LONGEST_TEXT = 60_000
"""More than the longest drawing that is allowed, as the page writes it."""
LEAST_SPAN, LEAST_INK = 100, 250
"""A signature reaches over a twentieth of the box at least, in a line longer than its eighth: a dot is none."""

FINE = 2
"""Curves are drawn on a grid twice as fine, in which the middle between two points is a whole number."""
EDGE = 20
"""Around the box in the fine grid, for half of the broadest line: ink never leaves the picture."""
VIEW_BOX = f"{-EDGE} {-EDGE} {FINE * WIDTH + 2 * EDGE} {FINE * HEIGHT + 2 * EDGE}"
PEN = "#1b2a55"  # --pen of the style sheets: a picture in a PDF reads none

_NUMBER = r"(?:0|[1-9][0-9]{0,3})"
_STROKE = rf"\[{_NUMBER}(?:,{_NUMBER})*\]"
_STROKES = re.compile(rf"\[(?:{_STROKE}(?:,{_STROKE})*)?\]", re.ASCII)

Point = tuple[int, int, int]
Stroke = tuple[Point, ...]


@dataclass(frozen=True)
class Curve:
    """A path in the fine grid (SVG's ``d``) and the breadth of its line there."""

    path: str
    breadth: int


@dataclass(frozen=True)
class Drawing:
    """Empty before anything is drawn, and then false."""

    strokes: tuple[Stroke, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.strokes)

    @property
    def view_box(self) -> str:
        return VIEW_BOX

    @property
    def reach(self) -> str:
        """What the page's script has to know of the box and its limits."""
        return f"{WIDTH} {HEIGHT} {HARDEST} {MOST_STROKES} {MOST_POINTS}"

    @property
    def kept(self) -> bytes:
        """Canonical JSON: what is stored and fingerprinted."""
        facts = {
            "box": [WIDTH, HEIGHT, HARDEST],
            "strokes": [[each for point in stroke for each in point] for stroke in self.strokes],
        }
        return canonical.canonical_bytes(facts)

    @property
    def digest(self) -> str:
        return canonical.digest_of(self.kept)

    @property
    def curves(self) -> list[Curve]:
        return [curve for stroke in self.strokes for curve in _curves(stroke)]

    @property
    def svg(self) -> bytes:
        """A picture of its own, for a document."""
        lines = "".join(f'<path d="{each.path}" stroke-width="{each.breadth}"/>' for each in self.curves)
        size = 'width="{2}" height="{3}"'.format(*VIEW_BOX.split())
        pen = f'fill="none" stroke="{PEN}" stroke-linecap="round" stroke-linejoin="round"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{VIEW_BOX}" {size}><g {pen}>{lines}</g></svg>'
        ).encode()


def drawing_of(text: str) -> Drawing:
    """What a page posted. Raises NothingDrawn, DrawingNotRead, TooMuchDrawn, TooLittleDrawn."""
    drawing = _read(text.strip())
    if not drawing:
        raise NothingDrawn
    if len(drawing.strokes) > MOST_STROKES or sum(map(len, drawing.strokes)) > MOST_POINTS:
        raise TooMuchDrawn(strokes=len(drawing.strokes))
    if _span(drawing) < LEAST_SPAN or _ink(drawing) < LEAST_INK:
        raise TooLittleDrawn
    return drawing


def shown_drawing(text: str | None) -> Drawing:
    """What a page posted, to be shown to the same reader again; empty for what is no drawing."""
    try:
        return _read((text or "").strip())
    except (DrawingNotRead, NothingDrawn, TooMuchDrawn):
        return Drawing()


def kept_drawing(data: bytes | None) -> Drawing | None:
    """The reverse of ``Drawing.kept``; None for a signature that was typed."""
    return None if data is None else _drawing(canonical.read(data)["strokes"])


def _read(text: str) -> Drawing:
    if not text or text == "[]":
        raise NothingDrawn
    if len(text) > LONGEST_TEXT:
        raise TooMuchDrawn(length=len(text))
    # The form of the whole text is checked before any of it is read: no depth, no float, no word.
    if _STROKES.fullmatch(text) is None:
        raise DrawingNotRead
    return _drawing(json.loads(text))


def _drawing(strokes: list[list[int]]) -> Drawing:
    if any(len(flat) % 3 for flat in strokes):
        raise DrawingNotRead
    drawing = Drawing(tuple(tuple(zip(flat[::3], flat[1::3], flat[2::3], strict=True)) for flat in strokes))
    if any(x > WIDTH or y > HEIGHT or hard > HARDEST for stroke in drawing.strokes for x, y, hard in stroke):
        raise DrawingNotRead
    return drawing


def _span(drawing: Drawing) -> int:
    across = [x for stroke in drawing.strokes for x, _y, _hard in stroke]
    down = [y for stroke in drawing.strokes for _x, y, _hard in stroke]
    return max(max(across) - min(across), max(down) - min(down))


def _ink(drawing: Drawing) -> float:
    return sum(dist(one[:2], next_[:2]) for stroke in drawing.strokes for one, next_ in pairwise(stroke))


def _breadth(pressure: int) -> int:
    """14 to 34; 24 for the middle, which stands for whatever does not tell how hard it presses."""
    return 14 + pressure // 10 * 2


def _curves(stroke: Stroke) -> Iterator[Curve]:
    """Quadratic curves from middle to middle with the points as their controls; a new path where the breadth changes.

    A curve stays within the triangle of its three points, so none leaves the box.
    """
    points = [(FINE * x, FINE * y) for x, y, _hard in stroke]
    breadths = [_breadth(hard) for _x, _y, hard in stroke]
    first, last = points[0], points[-1]
    if len(points) == 1:
        yield Curve(f"M{first[0]} {first[1]}h1", breadths[0])
        return
    here, breadth, path = first, breadths[0], f"M{first[0]} {first[1]}"
    for position in range(len(points) - 1):
        control, end = points[position], _middle(points[position], points[position + 1])
        if breadths[position] != breadth:
            yield Curve(path, breadth)
            breadth, path = breadths[position], f"M{here[0]} {here[1]}"
        path += f"Q{control[0]} {control[1]} {end[0]} {end[1]}"
        here = end
    yield Curve(f"{path}L{last[0]} {last[1]}", breadth)


def _middle(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return (one[0] + other[0]) // 2, (one[1] + other[1]) // 2
