"""Text and CSV in every encoding and with every delimiter that people bring."""

from pathlib import Path

import pytest

from core.tables.reading.list_file import open_list, pasted
from core.tables.reading.problems import ListUnreadable

TEXT = "Клиент;Телефон\r\nОкна;8 (957) 123-45-67\r\nДвери;79571234568\r\n"
ROWS = [["Клиент", "Телефон"], ["Окна", "8 (957) 123-45-67"], ["Двери", "79571234568"]]


def rows_of(path: Path) -> list[list[str]]:
    with open_list(path) as source:
        return [list(row) for batch in source.batches() for row in batch]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "cp866", "koi8-r"],
)
def test_every_encoding_of_russian_text(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert rows_of(path) == ROWS


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_delimiter_and_line_end(tmp_path: Path, delimiter: str, end: str) -> None:
    path = tmp_path / "list.csv"
    text = TEXT.replace(";", delimiter).replace("\r\n", end)
    path.write_bytes(text.encode())
    assert rows_of(path) == ROWS


def test_quotes_hold_delimiters_and_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('a;b\n"Окна; двери\nи ""рамы""";79571234567\nx;79571234568\n', encoding="utf-8")
    assert rows_of(path)[1] == ['Окна; двери\nи "рамы"', "79571234567"]


def test_one_number_a_line_is_one_column(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text('79571234567\n\n 8 957 123 45 68 \n"79571234569\n', encoding="utf-8")
    assert rows_of(path) == [["79571234567"], [" 8 957 123 45 68 "], ["79571234569"]]


def test_a_list_is_read_as_often_as_wanted(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(TEXT, encoding="cp1251")
    with open_list(path) as source:
        first = list(source.batches())
        assert list(source.batches()) == first
        assert source.done == 1.0


def test_pasted_numbers_stand_in_lines_or_side_by_side() -> None:
    for text in ("79571234567\n79571234568", "79571234567, 79571234568"):
        with pasted(text) as source:
            rows = [row for batch in source.batches() for row in batch]
        assert [row[0].strip() for row in rows] == ["79571234567", "79571234568"]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"%PDF-1.7 ...", "not a list"),
        (b"SQLite format 3\0...", "not a list"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"),
        (b"PK\x03\x04 cut", "damaged"),
        (b"a;b\n" * 300 + b'"' + b"x;y\n" * 400_000, "quote"),
    ],
)
def test_what_is_no_list_is_named(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "thing"
    path.write_bytes(content)
    with pytest.raises(ListUnreadable, match=word):
        rows_of(path)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ListUnreadable, match="cannot be read"):
        rows_of(tmp_path / "none.csv")
    with pytest.raises(ListUnreadable, match="not a list"):
        rows_of(tmp_path)
