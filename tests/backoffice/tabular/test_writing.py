"""What is written opens in a French Excel, runs nothing there, and comes back as it was."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.tabular.reading import rows_of, shape_of
from backoffice.tabular.writing import figure, guarded, written

LIVELY = ["=1+1", "+33 6 12", "-x", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")']


def read(data: bytes) -> list[list[str]]:
    def opened() -> io.BytesIO:
        return io.BytesIO(data)

    return [row.cells for row in rows_of(opened, shape_of(opened))]


@pytest.mark.parametrize("text", LIVELY)
def test_no_cell_becomes_a_formula(text: str) -> None:
    (cells,) = csv.reader(
        io.StringIO(b"".join(written([[text, "x"]])).decode("utf-8-sig"), newline=""), delimiter=";"
    )
    assert cells[0][0] not in "=+-@\t\r"


def test_the_file_is_one_that_a_french_excel_opens_by_a_double_click() -> None:
    data = b"".join(written([["Réf", "Prix"], ["A", figure(Decimal("1234.50"))]]))
    assert data == "\ufeffRéf;Prix\r\nA;1234,5\r\n".encode()


@pytest.mark.parametrize(
    ("value", "text"),
    [("54", "54"), ("54.50", "54,5"), ("0.000001", "0,000001"), ("1E+3", "1000"), ("0", "0"), ("100", "100")],
)
def test_figures_have_a_decimal_comma_and_nothing_else(value: str, text: str) -> None:
    assert figure(Decimal(value)) == text


texts = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=40)


@given(st.lists(st.lists(texts, min_size=3, max_size=3), min_size=1, max_size=5))
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    kept = [["Référence", "Nom", "Prix"], *(row for row in rows if any(cell.strip() for cell in row))]
    assert read(b"".join(written(kept))) == kept


@pytest.mark.parametrize("text", [*LIVELY, "'=1", "''+2", "'plain", "plain"])
def test_the_guard_is_taken_off_again(text: str) -> None:
    assert read(b"".join(written([["a", "b"], [text, "x"]])))[1][0] == text
    assert (guarded(text) == text) == (text in {"'plain", "plain"})
