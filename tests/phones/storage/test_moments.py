"""`created_at` is kept as a number only where SQLite makes the same text of it again."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.phones.storage.moments import as_seconds

# Dates and times that exist, and such that only look so.
LIKELY = st.from_regex(
    r"[0-9]{4}-[0-3][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-6][0-9]:[0-6][0-9]", fullmatch=True
)
USUAL = st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S"))


@given(st.lists(st.one_of(USUAL, LIKELY, st.text(), st.none()), max_size=5))
def test_the_text_comes_back_the_same(texts: list[str | None]) -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        for text, kept in zip(texts, as_seconds(texts), strict=True):
            if isinstance(kept, int):
                (again,) = db.execute("SELECT datetime(?, 'unixepoch')", (kept,)).fetchone()
                assert again == text
            else:
                assert kept == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("1970-01-02 00:00:01", 86401),
        ("2023-09-05 10:30:05", 1693909805),
        ("1969-12-31 23:59:59", -1),
        ("2023-02-30 10:30:05", "2023-02-30 10:30:05"),
        ("2023-09-05 24:00:00", "2023-09-05 24:00:00"),
        ("2023-W01-1 10:30:05", "2023-W01-1 10:30:05"),
        ("2023-09-05T10:30:05", "2023-09-05T10:30:05"),
        ("2023-09-05 10:30", "2023-09-05 10:30"),
        ("", ""),
        (None, None),
    ],
)
def test_a_usual_time_is_a_number_and_all_else_stays(
    text: str | None, kept: int | str | None
) -> None:
    assert as_seconds([text]) == [kept]
    assert as_seconds(["2023-09-05 10:30:05", text]) == [1693909805, kept]
