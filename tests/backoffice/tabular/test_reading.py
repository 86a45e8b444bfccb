"""Tables as Excel, web shops and other programs write them."""

import io

import pytest

from backoffice.tabular.reading import (
    LONGEST_CELL,
    MOST_COLUMNS,
    CellTooLong,
    Shape,
    TooManyColumns,
    rows_of,
    shape_of,
)

PLAIN = [["Référence", "Nom", "Prix"], ["A-1", "Chêne massif, 3 m", "54,50"]]


def read(data: bytes) -> list[list[str]]:
    def opened() -> io.BytesIO:
        return io.BytesIO(data)

    return [row.cells for row in rows_of(opened, shape_of(opened))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_encoding_separator_and_ends_of_line_are_found(encoding: str, separator: str, end: str) -> None:
    text = end.join(separator.join(f'"{cell}"' for cell in row) for row in PLAIN)
    assert read(text.encode(encoding)) == PLAIN


def test_a_cell_may_hold_line_ends_quotation_marks_and_separators() -> None:
    data = 'Réf;Description\r\nA;"Deux lignes\r\net un ""mot""; voilà"\r\nB;x\r\n'.encode()
    assert read(data) == [["Réf", "Description"], ["A", 'Deux lignes\r\net un "mot"; voilà'], ["B", "x"]]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    data = b'Ref;Note\n\nA;"1\n2\n3"\n;;\nB;x\n'
    rows = list(rows_of(lambda: io.BytesIO(data), Shape(encoding="utf-8-sig", separator=";")))
    assert [(row.index, row.line) for row in rows] == [(0, 1), (1, 3), (2, 7)]


def test_the_separator_of_the_headings_decides_not_that_of_the_texts() -> None:
    assert read(b"Ref;Nom\nA;un, deux, trois, quatre\n") == [["Ref", "Nom"], ["A", "un, deux, trois, quatre"]]
    assert read(b'"a,b,c";Nom\nA;x\n')[0] == ["a,b,c", "Nom"]


def test_the_line_by_which_excel_is_told_the_separator_is_no_heading() -> None:
    assert read(b"sep=,\r\nRef,Nom\r\nA;B,x\r\n") == [["Ref", "Nom"], ["A;B", "x"]]


def test_a_late_letter_of_windows_is_found_too() -> None:
    data = b"Ref;Nom\n" + b"A;x\n" * 40_000 + "B;Chêne".encode("cp1252")
    assert read(data)[-1] == ["B", "Chêne"]


def test_a_quotation_mark_that_nothing_closes_is_told_with_its_line() -> None:
    data = b'Ref;Nom\nA;x\nB;"y\n' + b"C;z\n" * LONGEST_CELL
    with pytest.raises(CellTooLong) as refusal:
        read(data)
    assert refusal.value.facts["line"] == 3


def test_a_thousand_columns_are_refused_and_empty_ones_are_nothing() -> None:
    assert len(read(b"Ref;Nom" + b";" * 500 + b"\nA;x\n")) == 2
    with pytest.raises(TooManyColumns):
        read(b"x;" * (MOST_COLUMNS + 1) + b"x\n")


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"\x00\x00;\x00", b"\xff\xfe", b'"', b";;;\n", "é".encode("cp1252")]
)
def test_anything_can_be_read(data: bytes) -> None:
    assert isinstance(read(data), list)
