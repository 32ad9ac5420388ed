"""Text that a spreadsheet would run is made harmless, and no other text is changed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tables.cells import neutralised, neutralised_column
from core.tables.columns import Column, Kind
from core.tables.csv_table import CsvTable
from tests.phones.reports.nasty import NASTY
from tests.phones.reports.reading import read_csv


@pytest.mark.parametrize(
    "text", ["=1+1", "+1-1", "@SUM(A1)", "-2+3", "\t=1", "\r=1", "\0=1", "+7907", "+"]
)
def test_text_that_could_run_is_neutralised(text: str) -> None:
    assert neutralised(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["+79070000001", "+12345678", "+123456789012345", "1+1", "", "a=1"]
)
def test_other_text_is_left_alone(text: str) -> None:
    assert neutralised(text) == text


@pytest.mark.parametrize(
    "text", ["+1234567", "+1234567890123456", "+7907000000a", "+79070000001\n"]
)
def test_only_a_whole_phone_is_exempt(text: str) -> None:
    assert neutralised(text) == "'" + text


CELLS = (
    st.text(st.sampled_from("=+-@\t\r\n\0 7\"';,|aЯ<&"), max_size=5)
    | st.sampled_from(NASTY)
    | st.sampled_from(["+79070000001\n", "+12345678\n*A1", "\n+12345678"])
)


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_line_that_is_a_phone_makes_no_phone_of_the_rest(end: str) -> None:
    """A formula may go on in the next line."""
    cell = f"+12345678\n*WEBSERVICE(A1){end}"
    assert list(neutralised_column(["+79070000001", cell])) == ["+79070000001", "'" + cell]


@given(st.lists(CELLS | st.none(), min_size=1, max_size=6))
def test_a_column_is_neutralised_as_its_cells_are(cells: list[str | None]) -> None:
    assert list(neutralised_column(cells)) == [neutralised(cell or "") for cell in cells]


@settings(max_examples=200)
@given(
    st.lists(st.tuples(CELLS | st.none(), st.none() | st.integers()), min_size=1, max_size=5),
    st.sampled_from([";", ",", "\t"]),
)
def test_csv_says_the_same_on_the_fast_way(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, int | None]], sign: str
) -> None:
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    table = CsvTable(path, [Column("a"), Column("b", Kind.INTEGER)], sign, ".")
    table.write(list(zip(*rows, strict=True)))
    for row in rows:
        table.write([[row[0]], [row[1]]])
    table.close()
    expected = [
        [neutralised(text or ""), "" if number is None else str(number)] for text, number in rows
    ]
    assert read_csv(path, sign) == [["a", "b"], *expected, *expected]
